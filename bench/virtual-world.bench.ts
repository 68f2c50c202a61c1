/**
 * Speed of the virtual world: routed requests per second of wall time, with recording (a second thread) and without, and
 * the event queue by itself. The day of `comprehensive` is the load; its users are multiplied so that the run is
 * long enough to measure, and the shop made faster by as much.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RandomStreams } from '../src/core/index.ts'
import { policyFactory, type ServiceRouter } from '../src/routing/index.ts'
import { loadScenario, type Scenario, shippedScenarios } from '../src/scenario/index.ts'
import { RunStatistics, vocabulary } from '../src/study/index.ts'
import { DecisionStatistics, EventQueue, logNames, RecordingThread, runVirtual } from '../src/worlds/index.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'

const TIMES_THE_USERS = 4
const HOLDS = 1_000_000

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  try {
    const comprehensive = shippedScenario('comprehensive')
    const busy = withMoreUsers(comprehensive, TIMES_THE_USERS)
    const [bare, recorded, day, holds] = (await mediansInTurns([
      () => routedPerSecond(busy, undefined),
      () => routedPerSecond(busy, join(folder, 'experiences.jsonl')),
      () => seconds(comprehensive, join(folder, 'day.jsonl')),
      () => holdsPerSecond(256),
    ])) as [number, number, number, number]
    return [
      { name: 'event queue, 256 pending', value: holds, unit: 'pop+push/s' },
      { name: 'full shop, not recorded', value: bare, unit: 'routed requests/s' },
      {
        name: 'full shop, recorded to JSONL',
        value: recorded,
        unit: 'routed requests/s',
        baseline: { name: 'not recorded', value: bare },
        ratio: recorded / bare,
      },
      { name: 'comprehensive, 180 minutes recorded', value: day, unit: 's' },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function shippedScenario(name: string): Scenario {
  const { file } = shippedScenarios().find((candidate) => candidate.name === name)!
  return loadScenario(file, { vocabulary }).scenario
}

function withMoreUsers(scenario: Scenario, times: number): Scenario {
  return {
    ...scenario,
    accounts: scenario.accounts * times,
    maxConcurrentUsers: scenario.maxConcurrentUsers * times,
    phases: scenario.phases.map((phase) => ({ ...phase, users: phase.users * times })),
    shop: { ...scenario.shop, workScale: scenario.shop.workScale / times },
  }
}

/** @param file where decisions are recorded, if they are */
async function simulate(
  scenario: Scenario,
  file: string | undefined,
): Promise<{ routed: number; ms: number }> {
  const start = performance.now()
  const decisions = new DecisionStatistics()
  const recordings: RecordingThread[] = []
  await runVirtual({
    scenario,
    seed: 1,
    policies: policyFactory(scenario.routing.policy),
    observer: new RunStatistics(scenario),
    decisions,
    files: recordings,
    ...(file === undefined
      ? {}
      : {
          record: (routers: readonly ServiceRouter[]) => {
            const recording = new RecordingThread(file, logNames({ run: 'bench', scenario, routers }))
            recordings.push(recording)
            return recording
          },
        }),
  })
  for (const recording of recordings) await recording.finish()
  const routed = decisions.services.reduce((sum, service) => sum + service.latency.count, 0)
  return { routed, ms: performance.now() - start }
}

async function routedPerSecond(scenario: Scenario, file: string | undefined): Promise<number> {
  const { routed, ms } = await simulate(scenario, file)
  return (routed * 1000) / ms
}

async function seconds(scenario: Scenario, file: string): Promise<number> {
  return (await simulate(scenario, file)).ms / 1000
}

/** The hold model: take the next event, schedule another an exponential time later. */
function holdsPerSecond(pending: number): number {
  const random = new RandomStreams(1).stream('holds')
  const gaps = Float64Array.from({ length: 4096 }, () => -Math.log(1 - random()))
  const queue = new EventQueue()
  for (let i = 0; i < pending; i++) queue.push(gaps[i]!, i)
  const start = performance.now()
  for (let i = 0; i < HOLDS; i++) {
    const nowMs = queue.nextTimeMs
    queue.push(nowMs + gaps[i & 4095]!, queue.pop())
  }
  return (HOLDS * 1000) / (performance.now() - start)
}
