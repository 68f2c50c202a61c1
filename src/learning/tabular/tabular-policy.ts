/** A trained table as a routing policy: greedy over the classes of the candidates, ties uniform. */
import type { Random } from '../../core/index.ts'
import { chooseLowest, type Observation, type Policy, ScoreBuffer } from '../../routing/index.ts'
import type { BinnedEncoder } from '../encoders/binned-encoder.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'
import type { Vocabulary } from '../encoders/vocabulary.ts'
import type { GreedyTable } from './greedy-table.ts'

export interface TabularPolicyOptions {
  readonly id: string
  readonly version: string
  readonly service: string
  readonly encoder: BinnedEncoder
  readonly vocabulary: Vocabulary
  readonly table: GreedyTable
}

export class TabularPolicy implements Policy {
  readonly id: string
  readonly version: string
  /** Decisions in states that the model does not know: made by least outstanding. */
  fallbacks = 0
  /** Index of the service in the encoder, -1 if the model was not trained on it. */
  readonly #service: number
  readonly #encoder: BinnedEncoder
  readonly #vocabulary: Vocabulary
  readonly #table: GreedyTable
  readonly #reader: FeatureReader
  #classes = new Int32Array(8)
  #candidateScores = new Float64Array(8)
  readonly #scores = new ScoreBuffer()

  constructor(options: TabularPolicyOptions) {
    this.id = options.id
    this.version = options.version
    this.#encoder = options.encoder
    this.#vocabulary = options.vocabulary
    this.#table = options.table
    this.#service = options.encoder.serviceIndex(options.service)
    this.#reader = options.encoder.createReader()
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const reader = this.#reader
    reader.read(observation)
    const count = reader.count
    if (this.#classes.length < count) this.#grow(count * 2)
    for (let k = 0; k < count; k++) {
      const code = this.#encoder.classCode(reader.candidates, k * reader.candidateWidth)
      this.#classes[k] = this.#vocabulary.classId(code)
    }
    const known = this.#table.score(
      this.#stateId(),
      this.#classes,
      reader.inFlight,
      0,
      count,
      this.#candidateScores,
    )
    if (!known) this.fallbacks++
    const scores = this.#scores.of(observation.count)
    for (let k = 0; k < count; k++) scores[reader.positions[k]!] = this.#candidateScores[k]!
    return chooseLowest(scores, observation.eligible, observation.count, random, propensities)
  }

  #stateId(): number {
    if (this.#service < 0) return this.#vocabulary.states
    return this.#vocabulary.stateId(this.#encoder.stateCode(this.#service, this.#reader.state, 0))
  }

  #grow(capacity: number): void {
    this.#classes = new Int32Array(capacity)
    this.#candidateScores = new Float64Array(capacity)
  }
}
