/** Reusable rows of numbers, one per instance: policies score and sort without allocating. */

const FIRST_CAPACITY = 8

export class ScoreBuffer {
  #scores = new Float64Array(FIRST_CAPACITY)

  /** Room for `count` scores; the contents are whatever was left there. */
  of(count: number): Float64Array {
    if (this.#scores.length < count) this.#scores = new Float64Array(count * 2)
    return this.#scores
  }
}

export class IndexBuffer {
  #indices = new Int32Array(FIRST_CAPACITY)

  /** Room for the indices of `count` instances; the contents are whatever was left there. */
  of(count: number): Int32Array {
    if (this.#indices.length < count) this.#indices = new Int32Array(count * 2)
    return this.#indices
  }
}
