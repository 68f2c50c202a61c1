/** A linear Q function as a routing policy: greedy, ties uniform. */
import type { Random } from '../../core/index.ts'
import { chooseLowest, type Observation, type Policy, ScoreBuffer } from '../../routing/index.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'
import { DecisionPhi } from './decision-phi.ts'
import type { LinearQContent } from './linear-q-model.ts'

export class LinearQPolicy implements Policy {
  readonly id: string
  readonly version: string
  /** Decisions without the requests in flight of all candidates: made by least outstanding among those known. */
  fallbacks = 0
  readonly #service: number
  readonly #reader: FeatureReader
  readonly #phi: DecisionPhi
  readonly #weights: Float64Array
  readonly #values = new ScoreBuffer()
  readonly #scores = new ScoreBuffer()

  constructor(id: string, version: string, service: string, { rows, basis, weights }: LinearQContent) {
    this.id = id
    this.version = version
    this.#service = rows.serviceIndex(service)
    this.#reader = rows.createReader()
    this.#phi = new DecisionPhi(rows, 'instance', basis)
    this.#weights = weights
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const reader = this.#reader
    reader.read(observation)
    const { count, positions, inFlight } = reader
    const scores = this.#scores.of(observation.count)
    let known = true
    for (let k = 0; k < count; k++) {
      scores[positions[k]!] = inFlight[k]!
      known &&= inFlight[k]! >= 0
    }
    if (known) {
      const phi = this.#phi
      const values = this.#values.of(count)
      phi.read(this.#service, reader.state, 0, reader.candidates, 0, count)
      phi.valuesOf(count, this.#weights, values)
      for (let k = 0; k < count; k++) scores[positions[k]!] = -values[k]!
    } else this.fallbacks++
    return chooseLowest(scores, observation.eligible, observation.count, random, propensities)
  }
}
