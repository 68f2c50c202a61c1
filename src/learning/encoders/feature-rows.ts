/**
 * Decisions as rows of standardised numbers: what linear scores and networks read.
 *
 * One candidate is one row:  [state features, instance features, services, missing]
 *
 *     x = (value - mean) / deviation   mean and deviation over the training split, and nothing else
 *     a value that is missing becomes 0, which is the mean; where the training data has missing values of a feature,
 *     a column of its own says 1 then and 0 otherwise
 *     of two or more services in the training data, each has a column: 1 for its own decisions; a service that it
 *     did not show has 0 in all of them
 *
 * State columns come first and are the same in all rows of a decision. A row of the state alone (for strategies) is
 * what stands in `stateColumns` and `serviceColumns`, see `writeState`. Training reads the columns of the log and serving
 * a live observation, both through a FeatureReader and then through here: the same state gives the same bits.
 */
import { contentHash, LearningError } from '../../core/index.ts'
import { CONTEXT_FEATURES, INSTANCE_FEATURES } from '../../routing/index.ts'
import { featureDifference } from '../data/feature-difference.ts'
import { type CandidateSource, FeatureReader, type StateSource } from './feature-reader.ts'

const ROWS_VERSION = 1

/** How one feature is standardised. */
interface Standardised {
  readonly name: string
  readonly mean: number
  /** 1 where the training data has one value only. */
  readonly deviation: number
  /** Whether a column of its own says where it is missing. */
  readonly indicator: boolean
}

export type StateRowFeature = Standardised & StateSource
export type CandidateRowFeature = Standardised & CandidateSource

/** All that there is to know: plain JSON. */
export interface FeatureRowsDescription {
  readonly version: number
  /** Of the training data, sorted; they have columns where there are at least two. */
  readonly services: readonly string[]
  readonly state: readonly StateRowFeature[]
  readonly instance: readonly CandidateRowFeature[]
  /** The observation that the sources index into. */
  readonly contextFeatures: readonly string[]
  readonly instanceFeatures: readonly string[]
}

export class FeatureRows {
  readonly description: FeatureRowsDescription
  /** SHA-256 of the description. */
  readonly hash: string
  /** Numbers per row: those of the state first, then those of the candidate. */
  readonly width: number
  /** How many of them are of the state: features, indicators and services. */
  readonly stateWidth: number
  /** What each column is, e.g. `load`, `load missing`, `service cart-service`, `inFlight`. */
  readonly columns: readonly string[]
  readonly #state: Block
  readonly #candidate: Block
  readonly #serviceColumns: number

  constructor(description: FeatureRowsDescription) {
    this.description = description
    this.hash = contentHash(description)
    this.#state = new Block(description.state)
    this.#candidate = new Block(description.instance)
    const { services } = description
    this.#serviceColumns = services.length > 1 ? services.length : 0
    this.stateWidth = this.#state.width + this.#serviceColumns
    this.width = this.stateWidth + this.#candidate.width
    const named = this.#serviceColumns === 0 ? [] : services.map((service) => `service ${service}`)
    this.columns = [...this.#state.columns, ...named, ...this.#candidate.columns]
  }

  /**
   * From a file of a model.
   *
   * @param file for messages
   * @throws LearningError if it is of another version, made for other features, or was edited
   */
  static parse(file: string, content: unknown): FeatureRows {
    const { hash, ...description } = content as FeatureRowsDescription & { hash: string }
    if (description.version !== ROWS_VERSION) {
      throw new LearningError(
        `${file}: expected feature rows of version ${ROWS_VERSION}, got ${description.version}: train again`,
      )
    }
    const difference = featureDifference(description)
    if (difference !== undefined) {
      throw new LearningError(`${file}: the model was trained on other features: ${difference}: train again`)
    }
    const rows = new FeatureRows(description)
    if (rows.hash === hash) return rows
    throw new LearningError(`${file}: was edited (its hash is not the one in it): train again`)
  }

  /** For a file of a model: the description and its hash. */
  toJSON(): FeatureRowsDescription & { readonly hash: string } {
    return { ...this.description, hash: this.hash }
  }

  /** A reader of the features that the rows are made of, with buffers of its own. */
  createReader(): FeatureReader {
    return new FeatureReader(this.description.state, this.description.instance)
  }

  /** Index of a service, or -1 if the training data had none of that name. */
  serviceIndex(service: string): number {
    return this.description.services.indexOf(service)
  }

  /**
   * The rows of all candidates of one decision.
   *
   * @param service as `serviceIndex` says
   * @param state state features from `stateAt` on, as a FeatureReader or the columns of a DecisionLog have them
   * @param candidates likewise, of `count` candidates from `candidatesAt` on
   * @param rows shape [at least at + count x width], overwritten from `at` on, row-major
   */
  write(
    service: number,
    state: Float32Array,
    stateAt: number,
    candidates: Float32Array,
    candidatesAt: number,
    count: number,
    rows: Float32Array | Float64Array,
    at = 0,
  ): void {
    if (count === 0) return
    const { width, stateWidth } = this
    const candidateWidth = this.#candidate.features
    this.writeState(service, state, stateAt, rows, at)
    for (let k = 1; k < count; k++) rows.copyWithin(at + k * width, at, at + stateWidth)
    for (let k = 0; k < count; k++) {
      this.#candidate.write(candidates, candidatesAt + k * candidateWidth, rows, at + k * width + stateWidth)
    }
  }

  /** The columns of the state alone: shape [stateWidth], from `at` on. */
  writeState(
    service: number,
    state: Float32Array,
    stateAt: number,
    row: Float32Array | Float64Array,
    at = 0,
  ): void {
    this.#state.write(state, stateAt, row, at)
    const first = at + this.#state.width
    for (let s = 0; s < this.#serviceColumns; s++) row[first + s] = s === service ? 1 : 0
  }
}

/** The description of rows for today's observations. */
export function describeFeatureRows(
  services: readonly string[],
  state: readonly StateRowFeature[],
  instance: readonly CandidateRowFeature[],
): FeatureRowsDescription {
  return {
    version: ROWS_VERSION,
    services,
    state,
    instance,
    contextFeatures: CONTEXT_FEATURES,
    instanceFeatures: INSTANCE_FEATURES,
  }
}

/** Features side by side, and behind them the indicators of those that have one. */
class Block {
  /** Numbers read, and numbers written. */
  readonly features: number
  readonly width: number
  readonly columns: readonly string[]
  readonly #means: Float64Array
  readonly #scales: Float64Array
  /** Shape [features]: column of the indicator, 0 if there is none. */
  readonly #indicators: Int32Array

  constructor(features: readonly Standardised[]) {
    this.features = features.length
    this.#means = Float64Array.from(features, ({ mean }) => mean)
    this.#scales = Float64Array.from(features, ({ deviation }) => 1 / deviation)
    const withIndicator = features.filter(({ indicator }) => indicator)
    this.width = features.length + withIndicator.length
    this.columns = [
      ...features.map(({ name }) => name),
      ...withIndicator.map(({ name }) => `${name} missing`),
    ]
    this.#indicators = Int32Array.from(features, (feature) =>
      feature.indicator ? features.length + withIndicator.indexOf(feature) : 0,
    )
  }

  write(values: Float32Array, from: number, row: Float32Array | Float64Array, at: number): void {
    for (let f = 0; f < this.features; f++) {
      const value = values[from + f]!
      const missing = !Number.isFinite(value)
      row[at + f] = missing ? 0 : (value - this.#means[f]!) * this.#scales[f]!
      const indicator = this.#indicators[f]!
      if (indicator > 0) row[at + indicator] = missing ? 1 : 0
    }
  }
}
