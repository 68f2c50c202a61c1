/**
 * The linear scorer as a routing policy: argmin over the candidates of
 *
 *     cost_i = w . phi_i,   phi_i as in `linear-features.ts`
 *
 * ties uniform at random. Where the requests in flight of a candidate are not known there is nothing to go by: then the
 * rule is least outstanding among those where they are, and the decision counts as a fallback.
 */
import type { Random } from '../../core/index.ts'
import {
  chooseLowest,
  INSTANCE_WIDTH,
  instanceFeature,
  type Observation,
  type Policy,
  ScoreBuffer,
} from '../../routing/index.ts'
import { LinearScore } from './linear-score.ts'
import type { LinearWeights } from './linear-weights.ts'

const IN_FLIGHT = instanceFeature('inFlight')

export class LinearPolicy implements Policy {
  readonly id: string
  readonly version: string
  /** Decisions made by least outstanding, since requests in flight were not known. */
  fallbacks = 0
  readonly #score: LinearScore
  readonly #costs = new ScoreBuffer()

  constructor(id: string, version: string, weights: LinearWeights) {
    this.id = id
    this.version = version
    this.#score = new LinearScore(weights)
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    const costs = this.#costs.of(count)
    if (!this.#score.score(observation, costs)) {
      this.fallbacks++
      return chooseLowest(instances, eligible, count, random, propensities, INSTANCE_WIDTH, IN_FLIGHT)
    }
    return chooseLowest(costs, eligible, count, random, propensities)
  }
}
