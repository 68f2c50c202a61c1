/** A network of action values as a routing policy: greedy, ties uniform. */
import type { Random } from '../../core/index.ts'
import { chooseLowest, type Observation, type Policy, ScoreBuffer } from '../../routing/index.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'
import type { FeatureRows } from '../encoders/feature-rows.ts'
import type { NetworkScorer } from './network-scorer.ts'

export class NetworkPolicy implements Policy {
  readonly id: string
  readonly version: string
  /** Decisions without the requests in flight of all candidates: made by least outstanding among those known. */
  fallbacks = 0
  readonly #service: number
  readonly #features: FeatureRows
  readonly #reader: FeatureReader
  readonly #scorer: NetworkScorer
  readonly #costs = new ScoreBuffer()

  constructor(id: string, version: string, service: string, features: FeatureRows, scorer: NetworkScorer) {
    this.id = id
    this.version = version
    this.#service = features.serviceIndex(service)
    this.#features = features
    this.#reader = features.createReader()
    this.#scorer = scorer
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const reader = this.#reader
    reader.read(observation)
    const { count, positions, inFlight } = reader
    const costs = this.#costs.of(observation.count)
    let known = true
    for (let k = 0; k < count; k++) {
      costs[positions[k]!] = inFlight[k]!
      known &&= inFlight[k]! >= 0
    }
    if (known) {
      const scorer = this.#scorer
      const rows = scorer.rowsFor(count)
      this.#features.write(this.#service, reader.state, 0, reader.candidates, 0, count, rows, scorer.inputAt)
      scorer.score(count)
      for (let k = 0; k < count; k++) costs[positions[k]!] = -scorer.values[k]!
    } else this.fallbacks++
    return chooseLowest(costs, observation.eligible, observation.count, random, propensities)
  }
}
