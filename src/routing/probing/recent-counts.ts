/** The last so many counts that were told, and their quantiles: a ring, and how often each count is in it. */

/** Counts above this are told apart no more. */
const LARGEST = 4095

export class RecentCounts {
  readonly #ring: Int32Array
  readonly #times = new Int32Array(LARGEST + 1)
  #size = 0
  #next = 0

  constructor(capacity: number) {
    this.#ring = new Int32Array(capacity)
  }

  add(count: number): void {
    const kept = Math.min(LARGEST, Math.max(0, Math.round(count)))
    if (this.#size === this.#ring.length) this.#times[this.#ring[this.#next]!]!--
    else this.#size++
    this.#ring[this.#next] = kept
    this.#times[kept]!++
    this.#next = (this.#next + 1) % this.#ring.length
  }

  /** The lower q-quantile: one of the counts, with at most q of the others below it. NaN if there are none. */
  quantile(q: number): number {
    if (this.#size === 0) return Number.NaN
    let left = Math.floor(q * (this.#size - 1))
    let count = 0
    while (left >= this.#times[count]!) left -= this.#times[count++]!
    return count
  }
}
