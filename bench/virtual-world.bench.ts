/**
 * Speed of the virtual world: routed requests per second of wall time, with recording (a second thread) and without,
 * beside the M/M/16 loop in C. The day of `comprehensive` is the load; its users are multiplied so that the run is
 * long enough to measure, and the shop made faster by as much.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { policyFactory, type ServiceRouter } from '../src/routing/index.ts'
import { loadScenario, type Scenario, shippedScenarios } from '../src/scenario/index.ts'
import { RunStatistics, vocabulary } from '../src/study/index.ts'
import { scaledExecutor } from '../src/traffic/index.ts'
import { DecisionStatistics, logNames, RecordingThread, runVirtual } from '../src/worlds/index.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'
import { cBaseline } from './mm16.ts'

const TIMES_THE_USERS = 4

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  try {
    const comprehensive = shippedScenario('comprehensive')
    const busy = withMoreUsers(comprehensive, TIMES_THE_USERS)
    const c = cBaseline(folder)
    const [baseline, bare, recorded, day] = (await mediansInTurns([
      c ?? (() => Number.NaN),
      () => routedPerSecond(busy, undefined),
      () => routedPerSecond(busy, join(folder, 'experiences.jsonl')),
      () => seconds(comprehensive, join(folder, 'day.jsonl')),
    ])) as [number, number, number, number]
    const against = (value: number) =>
      c === undefined
        ? {}
        : { baseline: { name: 'M/M/16 in C, events/s', value: baseline }, ratio: value / baseline }
    return [
      { name: 'full shop, not recorded', value: bare, unit: 'routed requests/s', ...against(bare) },
      {
        name: 'full shop, recorded to JSONL',
        value: recorded,
        unit: 'routed requests/s',
        ...against(recorded),
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
    phases: scenario.phases.map((phase) => ({ ...phase, executor: scaledExecutor(phase.executor, times) })),
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
