/** The features of one state per row, with as many candidates as there were. */
import type { FeatureReader } from '../encoders/feature-reader.ts'
import { float32Column, int32Column } from './growing-column.ts'

/** Features of one state per row. */
export class StateColumns {
  /** Shape [rows x stateWidth]. */
  readonly #state = float32Column()
  /** Shape [candidates of all rows x candidateWidth]. */
  readonly #candidates = float32Column()
  readonly #inFlight = float32Column()
  /** Shape [rows + 1]: where the candidates of a row begin. */
  readonly #starts = int32Column()

  constructor() {
    this.#starts.push(0)
  }

  append(reader: FeatureReader): void {
    for (let f = 0; f < reader.stateWidth; f++) this.#state.push(reader.state[f]!)
    for (let k = 0; k < reader.count * reader.candidateWidth; k++)
      this.#candidates.push(reader.candidates[k]!)
    for (let k = 0; k < reader.count; k++) this.#inFlight.push(reader.inFlight[k]!)
    this.#starts.push(this.#inFlight.length)
  }

  /** A row without candidates: nothing is known of it. */
  appendNothing(reader: FeatureReader): void {
    for (let f = 0; f < reader.stateWidth; f++) this.#state.push(Number.NaN)
    this.#starts.push(this.#inFlight.length)
  }

  get state(): Float32Array {
    return this.#state.values
  }

  get candidates(): Float32Array {
    return this.#candidates.values
  }

  get inFlight(): Float32Array {
    return this.#inFlight.values
  }

  get starts(): Int32Array {
    return this.#starts.values
  }
}
