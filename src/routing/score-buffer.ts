/** A reusable row of numbers, one per instance: policies score without allocating. */
export class ScoreBuffer {
  #scores = new Float64Array(8)

  /** Room for `count` scores; the contents are whatever was left there. */
  of(count: number): Float64Array {
    if (this.#scores.length < count) this.#scores = new Float64Array(count * 2)
    return this.#scores
  }
}
