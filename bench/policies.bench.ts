/** What one decision costs under each policy of the list, in nanoseconds, beside one of round robin. */
import { RandomStreams } from '../src/core/index.ts'
import { type Observation, policies, policyFactory } from '../src/routing/index.ts'
import type { BenchRow } from './bench-row.ts'
import { busyObservations } from './busy-observations.ts'
import { mediansInTurns } from './in-turns.ts'

const DECISIONS = 500_000
const OBSERVATIONS = 64
const BASELINE = 'round-robin'

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const instances of [3, 8]) {
    const ids = Array.from({ length: instances }, (_, i) => `cart-${i + 1}`)
    const observations = busyObservations(ids, OBSERVATIONS)
    const texts = policies.all.map(({ name, wraps }) =>
      wraps === 0 ? name : `${name}(${Array(wraps).fill('least-outstanding').join(', ')})`,
    )
    const costs = await mediansInTurns(texts.map((text) => () => nanosecondsPerDecision(text, observations)))
    const baseline = { name: BASELINE, value: costs[texts.indexOf(BASELINE)]! }
    for (const [i, text] of texts.entries()) {
      const value = costs[i]!
      const name = `policies/${text}, ${instances} instances`
      rows.push({ name, value, unit: 'ns/decision', baseline, ratio: value / baseline.value })
    }
  }
  return rows
}

/** Choosing, and learning from an answer to each choice. */
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
    outcome.instance = policy.choose(observation, random, propensities)
    outcome.nowMs = observation.nowMs
    policy.onOutcome?.(outcome)
  }
  return ((performance.now() - startMs) * 1e6) / DECISIONS
}
