/**
 * How slow an instance works, compared with what its requests were expected to be: a mean of ratios, new ones first.
 *
 * A ratio is noisy, since requests of one route are not all the same work: the mean runs over about the last 20 of
 * them, and forgets what is older than some seconds, so that an instance that a noisy neighbour slows down is found out
 * while it is slow. (Over the last 60, learned weights were 1 to 2 % slower on `noisy-neighbours`, and no faster elsewhere.)
 */
const TAU_MS = 2500
const MOST_KEPT = 0.9
/** Until this share of tau has passed, exp(-dt / tau) is above MOST_KEPT and need not be computed. */
const SURELY_KEPT = 0.1

export class Slowness {
  #value = Number.NaN
  #answers = 0
  #atMs = 0

  /** About 1; NaN before the first answer. */
  get value(): number {
    return this.#value
  }

  add(nowMs: number, ratio: number): void {
    this.#answers++
    if (this.#answers === 1) this.#value = ratio
    else {
      const elapsedMs = nowMs - this.#atMs
      const recent = elapsedMs < SURELY_KEPT * TAU_MS
      const kept = recent ? MOST_KEPT : Math.min(Math.exp(-elapsedMs / TAU_MS), MOST_KEPT)
      const keep = Math.min(kept, 1 - 1 / this.#answers)
      this.#value = this.#value * keep + ratio * (1 - keep)
    }
    this.#atMs = nowMs
  }
}
