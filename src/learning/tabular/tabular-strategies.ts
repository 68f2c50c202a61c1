/** A trained table that weighs strategies: the one with the highest value in the state, equals alike. */
import { type Observation, STRATEGY_NAMES, type StrategyChooser } from '../../routing/index.ts'
import type { BinnedEncoder } from '../encoders/binned-encoder.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'
import type { Vocabulary } from '../encoders/vocabulary.ts'
import type { GreedyTable } from './greedy-table.ts'
import { STRATEGY_FALLBACK } from './strategy-transitions.ts'

const CLASSES = Int32Array.from(STRATEGY_NAMES, (_, strategy) => strategy)

export class TabularStrategies implements StrategyChooser {
  readonly version: string
  /** Decisions in states that the model does not know: left to `least-loaded`. */
  fallbacks = 0
  readonly #service: number
  readonly #encoder: BinnedEncoder
  readonly #vocabulary: Vocabulary
  readonly #table: GreedyTable
  readonly #reader: FeatureReader
  readonly #scores = new Float64Array(STRATEGY_NAMES.length)

  constructor(
    version: string,
    service: string,
    encoder: BinnedEncoder,
    vocabulary: Vocabulary,
    table: GreedyTable,
  ) {
    this.version = version
    this.#service = encoder.serviceIndex(service)
    this.#encoder = encoder
    this.#vocabulary = vocabulary
    this.#table = table
    this.#reader = encoder.createReader()
  }

  weigh(observation: Observation, propensities: Float64Array): void {
    this.#reader.read(observation)
    const scores = this.#scores
    const state =
      this.#service < 0
        ? this.#vocabulary.states
        : this.#vocabulary.stateId(this.#encoder.stateCode(this.#service, this.#reader.state, 0))
    if (!this.#table.score(state, CLASSES, STRATEGY_FALLBACK, 0, CLASSES.length, scores)) this.fallbacks++
    let lowest = Number.POSITIVE_INFINITY
    let ties = 0
    for (let s = 0; s < scores.length; s++) {
      if (scores[s]! < lowest) {
        lowest = scores[s]!
        ties = 1
      } else if (scores[s] === lowest) ties++
    }
    for (let s = 0; s < scores.length; s++) propensities[s] = scores[s] === lowest ? 1 / ties : 0
  }
}
