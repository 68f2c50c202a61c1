/**
 * What users cost in the virtual world: time per routed request and memory per user, from 50 users to 50,000, each
 * doing the same, in a shop that is faster by as much. Measured once all are there, in equal numbers of requests.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { policyFactory } from '../src/routing/index.ts'
import {
  type ConstantUsers,
  type Executor,
  loadScenario,
  type Scenario,
  shippedScenarios,
} from '../src/scenario/index.ts'
import { RunStatistics, vocabulary } from '../src/study/index.ts'
import { DecisionStatistics, VirtualWorld } from '../src/worlds/index.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'

const SIZES = [50, 500, 5_000, 50_000]
const REQUESTS = 100_000
const RAMP_UP_MS = 60_000
/** Long enough that sessions have begun and ended at all times. */
const SETTLED_MS = 4 * RAMP_UP_MS
const EVENTS = 2_000
const MANY = 50_000
const MANY_MINUTES = 10
const MICROSECONDS = 1000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

export async function run(): Promise<BenchRow[]> {
  const scenario = calmScenario()
  const costs = await mediansInTurns(SIZES.map((users) => () => microsecondsPerRequest(scenario, users)))
  const [least] = costs as [number]
  const before = usedBytes()
  const started = performance.now()
  const crowd = worldOf(scenario, MANY, MANY_MINUTES)
  while (crowd.world.nowMs < SETTLED_MS) crowd.world.step(EVENTS)
  const bytes = (usedBytes() - before) / MANY
  while (!crowd.world.over) crowd.world.step(EVENTS)
  return [
    ...SIZES.map((users, i) => ({
      name: `${users.toLocaleString('en-US')} users`,
      value: costs[i]!,
      unit: 'microseconds/routed request',
      baseline: { name: `${SIZES[0]} users`, value: least },
      ratio: costs[i]! / least,
    })),
    { name: `memory at ${MANY.toLocaleString('en-US')} users`, value: bytes, unit: 'bytes/user' },
    {
      name: `${MANY.toLocaleString('en-US')} users for ${MANY_MINUTES} minutes (${crowd.routed().toLocaleString('en-US')} requests)`,
      value: (performance.now() - started) / 1000,
      unit: 's',
    },
  ]
}

/** The calm phase of the shipped day: browsing, some carts, few orders. */
function calmScenario(): Scenario {
  const { file } = shippedScenarios().find(({ name }) => name === 'comprehensive')!
  const { scenario } = loadScenario(file, { vocabulary })
  const phase = scenario.phases.find(({ name }) => name === 'steady-browsing')!
  const executor: Executor = { ...(phase.executor as ConstantUsers), rampUpMs: RAMP_UP_MS }
  return { ...scenario, phases: [{ ...phase, startMs: 0, executor, backgroundLoad: {} }] }
}

function worldOf(scenario: Scenario, users: number, minutes: number) {
  const decisions = new DecisionStatistics()
  const crowded: Scenario = {
    ...scenario,
    accounts: users,
    maxConcurrentUsers: users,
    phases: scenario.phases.map((phase) => ({
      ...phase,
      executor: { ...(phase.executor as ConstantUsers), users },
      durationMs: minutes * 60_000,
    })),
    // A service has a few replicas whatever their number: all of it has the speed that so many users need.
    shop: { ...scenario.shop, workScale: 20 / users },
  }
  const world = new VirtualWorld({
    scenario: crowded,
    seed: 1,
    policies: policyFactory(scenario.routing.policy),
    observer: new RunStatistics(crowded),
    decisions,
  })
  const routed = (): number => decisions.services.reduce((sum, { latency }) => sum + latency.count, 0)
  return { world, routed }
}

function microsecondsPerRequest(scenario: Scenario, users: number): number {
  const { world, routed } = worldOf(scenario, users, 1e6)
  while (world.nowMs < SETTLED_MS) world.step(EVENTS)
  const before = routed()
  const start = performance.now()
  while (routed() < before + REQUESTS) world.step(EVENTS)
  return ((performance.now() - start) * MICROSECONDS) / (routed() - before)
}

/** Of the heap and of typed arrays. */
function usedBytes(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
