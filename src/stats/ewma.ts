/**
 * Exponentially weighted moving averages over irregular times: a sample that is dt old weighs exp(-dt / tau).
 *
 * `Ewma` is the plain one; `PeakEwma` jumps to a value above it at once and decays towards 0 while nothing is
 * heard (Finagle's PeakEwma.scala, tau = decayTime 10 s).
 */

/** A sample weighs at least a tenth, or those of one instant would weigh nothing. */
const MOST_KEPT = 0.9
/** Until this share of tau has passed, exp(-dt / tau) is above MOST_KEPT and need not be computed. */
const SURELY_KEPT = 0.105

export class Ewma {
  readonly #tauMs: number
  #value = Number.NaN
  #atMs = 0

  constructor(tauMs: number) {
    this.#tauMs = tauMs
  }

  /** NaN before the first sample. */
  get value(): number {
    return this.#value
  }

  add(sample: number, nowMs: number): void {
    if (Number.isNaN(this.#value)) {
      this.#value = sample
    } else {
      const elapsedMs = nowMs - this.#atMs
      const recent = elapsedMs < SURELY_KEPT * this.#tauMs
      const weight = recent ? MOST_KEPT : Math.min(Math.exp(-elapsedMs / this.#tauMs), MOST_KEPT)
      this.#value = this.#value * weight + sample * (1 - weight)
    }
    this.#atMs = nowMs
  }
}

export class PeakEwma {
  readonly #tauMs: number
  #value = 0
  #atMs = 0
  #seen = false

  constructor(tauMs: number) {
    this.#tauMs = tauMs
  }

  get seen(): boolean {
    return this.#seen
  }

  add(sample: number, nowMs: number): void {
    const keep = Math.exp(-Math.max(0, nowMs - this.#atMs) / this.#tauMs)
    this.#value = sample > this.#value ? sample : sample * (1 - keep) + this.#value * keep
    this.#atMs = nowMs
    this.#seen = true
  }

  /** The average as of now: reading is an observation of 0. */
  read(nowMs: number): number {
    return this.#value * Math.exp(-Math.max(0, nowMs - this.#atMs) / this.#tauMs)
  }
}
