/** Mean, spread and quantiles of numbers that are too many to keep. */

/** A number is null where there was none to make it from. */
export interface Distribution {
  /** Numbers that were known. */
  readonly count: number
  readonly mean: number | null
  readonly deviation: number | null
  readonly min: number | null
  readonly p5: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly max: number | null
}

const KEPT = 16_384

/**
 * Welford's mean and variance (1962) of all numbers; quantiles of every n-th, where n doubles whenever 16,384 are kept:
 * nothing is drawn, so the same numbers give the same quantiles.
 */
export class Spread {
  #count = 0
  #mean = 0
  #squares = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  #kept: number[] = []
  #every = 1

  /** NaN is not known, and does not count. */
  add(value: number): void {
    if (Number.isNaN(value)) return
    if (this.#count % this.#every === 0) this.#keep(value)
    this.#count++
    const before = value - this.#mean
    this.#mean += before / this.#count
    this.#squares += before * (value - this.#mean)
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  result(): Distribution {
    const count = this.#count
    if (count === 0) {
      return { count, mean: null, deviation: null, min: null, p5: null, p50: null, p95: null, max: null }
    }
    const sorted = Float64Array.from(this.#kept).sort()
    const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!
    return {
      count,
      mean: this.#mean,
      deviation: Math.sqrt(this.#squares / count),
      min: this.#min,
      p5: quantile(0.05),
      p50: quantile(0.5),
      p95: quantile(0.95),
      max: this.#max,
    }
  }

  #keep(value: number): void {
    this.#kept.push(value)
    if (this.#kept.length < KEPT) return
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0)
    this.#every *= 2
  }
}
