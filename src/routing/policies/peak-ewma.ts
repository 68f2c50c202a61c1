/**
 * Peak EWMA (Finagle's PeakEwma.scala; linkerd2): power of two choices on
 *
 *     cost = ewma(now) x (in flight + 1)
 *
 * where the moving average of the round trip jumps to any value above it at once and decays towards 0 while
 * nothing is heard. An instance without history that already has requests in flight costs a large penalty plus
 * its requests, so that a new instance gets one request and not a stampede. Failures are not fed: only the
 * latency of successes may lower the cost, or a replica that fails fast would attract all traffic. A tie keeps the
 * first draw.
 */
import type { Random } from '../../core/index.ts'
import { PeakEwma } from '../../stats/index.ts'
import { LowestOfDraws } from '../choosing/lowest-of-draws.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import { PerInstance } from '../per-instance.ts'
import type { Observation, Policy, PolicyOutcome } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const NO_HISTORY_PENALTY = 1e9

export const peakEwma: PolicyDeclaration = {
  name: 'peak-ewma',
  summary: 'two drawn at random, the lower of peak-sensitive latency x (in flight + 1)',
  parameters: [
    { name: 'decaySeconds', default: 10, min: 0.001, max: 3600, summary: 'time constant of the average' },
  ],
  wraps: 0,
  create: (id, { decaySeconds }) => new PeakEwmaPolicy(id, decaySeconds! * 1000),
}

class PeakEwmaPolicy implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #costs = new ScoreBuffer()
  readonly #draws = new LowestOfDraws(2)
  readonly #averages: PerInstance<PeakEwma>

  constructor(id: string, tauMs: number) {
    this.id = id
    this.#averages = new PerInstance(() => new PeakEwma(tauMs))
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances, nowMs } = observation
    const costs = this.#costs.of(count)
    for (let i = 0; i < count; i++) {
      const inFlight = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
      const average = this.#averages.of(i)
      if (average.seen) costs[i] = average.read(nowMs) * (inFlight + 1)
      else costs[i] = inFlight === 0 ? 0 : NO_HISTORY_PENALTY + inFlight
    }
    return this.#draws.choose(costs, eligible, count, random, propensities)
  }

  onOutcome(outcome: PolicyOutcome): void {
    if (!outcome.failed) this.#averages.of(outcome.instance).add(outcome.latencyMs, outcome.nowMs)
  }
}
