/** Jobs of one service in the order of their arrival, in columns that grow. */
import type { JobTrace } from '../stats/index.ts'

export class JobColumns {
  #arrivedAtMs = new Float64Array(1024)
  #workMs = new Float64Array(1024)
  count = 0
  /** Of all jobs together. */
  workMs = 0

  add(arrivedAtMs: number, workMs: number): void {
    if (this.count === this.#workMs.length) {
      this.#arrivedAtMs = twiceAsLong(this.#arrivedAtMs)
      this.#workMs = twiceAsLong(this.#workMs)
    }
    this.#arrivedAtMs[this.count] = arrivedAtMs
    this.#workMs[this.count++] = workMs
    this.workMs += workMs
  }

  get trace(): JobTrace {
    return {
      arrivedAtMs: this.#arrivedAtMs.subarray(0, this.count),
      workMs: this.#workMs.subarray(0, this.count),
    }
  }
}

function twiceAsLong(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * values.length)
  longer.set(values)
  return longer
}
