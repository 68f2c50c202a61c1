/** A network that weighs strategies: the one with the highest value, equals alike. */
import type { Observation, StrategyChooser } from '../../routing/index.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'
import type { FeatureRows } from '../encoders/feature-rows.ts'
import type { NetworkScorer } from './network-scorer.ts'

/** `least-loaded`: needs nothing that could be missing. */
const FALLBACK = 0

export class NetworkStrategies implements StrategyChooser {
  readonly version: string
  /** Decisions in which none of the features was known: left to `least-loaded`. */
  fallbacks = 0
  readonly #service: number
  readonly #features: FeatureRows
  readonly #reader: FeatureReader
  readonly #scorer: NetworkScorer

  constructor(version: string, service: string, features: FeatureRows, scorer: NetworkScorer) {
    this.version = version
    this.#service = features.serviceIndex(service)
    this.#features = features
    this.#reader = features.createReader()
    this.#scorer = scorer
  }

  weigh(observation: Observation, propensities: Float64Array): void {
    const { state } = this.#reader
    this.#reader.read(observation)
    if (!state.some(Number.isFinite)) {
      this.fallbacks++
      propensities.fill(0)
      propensities[FALLBACK] = 1
      return
    }
    const scorer = this.#scorer
    this.#features.writeState(this.#service, state, 0, scorer.rowsFor(1), scorer.inputAt)
    scorer.score(1)
    let best = Number.NEGATIVE_INFINITY
    let ties = 0
    for (let s = 0; s < propensities.length; s++) {
      const value = scorer.values[s]!
      if (value > best) {
        best = value
        ties = 1
      } else if (value === best) ties++
    }
    for (let s = 0; s < propensities.length; s++) propensities[s] = scorer.values[s] === best ? 1 / ties : 0
  }
}
