/** What one decision costs under each policy of the list, in nanoseconds, beside one of round robin. */
import { RandomStreams } from '../src/core/index.ts'
import { type Observation, policies, policyFactory } from '../src/routing/index.ts'
import type { BenchRow } from './bench-row.ts'
import { busyObservations } from './busy-observations.ts'
import { mediansInTurns } from './in-turns.ts'

const DECISIONS = 300_000
const OBSERVATIONS = 64
const BASELINE = 'round-robin'
/** At this size all of the list are measured, */
const INSTANCES = 8
/** and at this one the usual ones. */
const MANY_INSTANCES = 64
const USUAL = [BASELINE, 'random', 'least-outstanding', 'power-of-two-choices', 'peak-ewma']

export async function run(): Promise<BenchRow[]> {
  const all = policies.all.map(({ name, wraps }) =>
    wraps === 0 ? name : `${name}(${Array(wraps).fill('least-outstanding').join(', ')})`,
  )
  return [...(await rowsOf(all, INSTANCES)), ...(await rowsOf(USUAL, MANY_INSTANCES))]
}

async function rowsOf(texts: readonly string[], instances: number): Promise<BenchRow[]> {
  const ids = Array.from({ length: instances }, (_, i) => `cart-${i + 1}`)
  const observations = busyObservations(ids, OBSERVATIONS)
  const truth = {
    workMs: 20,
    speeds: new Float64Array(instances).fill(1),
    workers: new Float64Array(instances).fill(2),
    workLeftMs: Float64Array.from({ length: instances }, (_, i) => 30 * (i % 3)),
    addedMs: Float64Array.from({ length: instances }, (_, i) => 20 + 15 * (i % 3)),
  }
  for (const observation of observations) observation.truth = truth
  const costs = await mediansInTurns(texts.map((text) => () => nanosecondsPerDecision(text, observations)))
  const baseline = { name: BASELINE, value: costs[texts.indexOf(BASELINE)]! }
  return texts.map((text, i) => ({
    name: `policies/${text}, ${instances} instances`,
    value: costs[i]!,
    unit: 'ns/decision',
    baseline,
    ratio: costs[i]! / baseline.value,
  }))
}

/** Choosing, starting the request, and learning from its answer. */
function nanosecondsPerDecision(text: string, observations: readonly Observation[]): number {
  const policy = policyFactory(text)('cart-service')
  const random = new RandomStreams(1).stream('policy')
  const propensities = new Float64Array(observations[0]!.count)
  const outcome = {
    instance: 0,
    nowMs: 0,
    latencyMs: 20,
    failed: false,
    queueDepth: Number.NaN,
    queueMs: Number.NaN,
    workMs: Number.NaN,
  }
  const startMs = performance.now()
  for (let i = 0; i < DECISIONS; i++) {
    const observation = observations[i % OBSERVATIONS]!
    const chosen = policy.choose(observation, random, propensities)
    policy.onStart?.(chosen, observation.nowMs)
    outcome.instance = chosen
    outcome.nowMs = observation.nowMs
    policy.onOutcome?.(outcome)
  }
  return ((performance.now() - startMs) * 1e6) / DECISIONS
}
