/** What one decision of a learned policy costs, in nanoseconds, beside one of least outstanding on the same observations. */
import { RandomStreams } from '../src/core/index.ts'
import { LinearPolicy } from '../src/learning/linear/linear-policy.ts'
import { CONTEXT_FEATURES, type Observation, type Policy, policyFactory } from '../src/routing/index.ts'
import type { BenchRow } from './bench-row.ts'
import { busyObservations } from './busy-observations.ts'
import { mediansInTurns } from './in-turns.ts'

const DECISIONS = 300_000
const OBSERVATIONS = 64
const BASELINE = 'least-outstanding'
/** All features count, and the request is a dear one: nothing can be skipped. */
const WEIGHTS = {
  inFlight: 1,
  work: 0.3,
  slowness: 0.5,
  inFlightSlowness: 0.5,
  workSlowness: 0.2,
  recentErrors: 100,
  errors: 10,
  misplaced: 100,
  straddling: 10,
  crowding: 3,
  dearWork: 0.1,
}
const DEAR: Readonly<Record<string, number>> = {
  workMs: 40,
  meanWorkMs: 10,
  cheaperWorkShare: 0.4,
  ownWorkShare: 0.3,
}

export async function run(): Promise<BenchRow[]> {
  return [...(await rowsFor(8)), ...(await rowsFor(64))]
}

async function rowsFor(instances: number): Promise<BenchRow[]> {
  const ids = Array.from({ length: instances }, (_, i) => `cart-${i + 1}`)
  const observations = busyObservations(ids, OBSERVATIONS)
  for (const { context } of observations) {
    for (const [f, name] of CONTEXT_FEATURES.entries()) context[f] = DEAR[name] ?? context[f]!
  }
  const makers: readonly (readonly [string, () => Policy])[] = [
    [BASELINE, () => policyFactory(BASELINE)('cart-service')],
    ['linear', () => new LinearPolicy('linear', '1', WEIGHTS)],
  ]
  const costs = await mediansInTurns(
    makers.map(
      ([, make]) =>
        () =>
          nanosecondsPerDecision(make(), observations),
    ),
  )
  const baseline = { name: BASELINE, value: costs[0]! }
  return makers.slice(1).map(([name], i) => ({
    name: `learned-policies/${name}, ${instances} instances`,
    value: costs[i + 1]!,
    unit: 'ns/decision',
    baseline,
    ratio: costs[i + 1]! / baseline.value,
  }))
}

function nanosecondsPerDecision(policy: Policy, observations: readonly Observation[]): number {
  const random = new RandomStreams(1).stream('policy')
  const propensities = new Float64Array(observations[0]!.count)
  const startMs = performance.now()
  for (let i = 0; i < DECISIONS; i++) {
    policy.choose(observations[i % OBSERVATIONS]!, random, propensities)
  }
  return ((performance.now() - startMs) * 1e6) / DECISIONS
}
