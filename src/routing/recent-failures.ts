/**
 * The share of failures among the answers of the last seconds, as a balancer needs it that must not wait a minute to
 * find out: both counts fade with a time constant, so a broken instance is noticed within a few answers, and has
 * another chance when it has not been heard of for a while.
 *
 *     share = F / (A + 2),  F <- F exp(-dt / tau) + [failed],  A <- A exp(-dt / tau) + 1,  dt in whole seconds
 *
 * The 2 keeps one failure after a silence from looking like an outage.
 */
const TAU_SECONDS = 10
const KEPT_PER_SECOND = Math.exp(-1 / TAU_SECONDS)
const PRIOR_ANSWERS = 2
/** Less than this is nothing: a share that never ends would be recorded for ever. */
const LEAST = 1e-3

export class RecentFailures {
  #failures = 0
  #answers = 0
  /** They fade when a second is over, as windows roll: between two of them nothing changes by itself. */
  #second = 0

  add(nowMs: number, failed: boolean): void {
    const second = Math.floor(nowMs / 1000)
    if (second > this.#second) {
      const kept = KEPT_PER_SECOND ** (second - this.#second)
      this.#failures = this.#failures * kept < LEAST ? 0 : this.#failures * kept
      this.#answers *= kept
      this.#second = second
    }
    this.#answers++
    if (failed) this.#failures++
  }

  /** Between 0 and 1. */
  read(nowMs: number): number {
    if (this.#failures === 0) return 0
    const kept = KEPT_PER_SECOND ** Math.max(0, Math.floor(nowMs / 1000) - this.#second)
    return (this.#failures * kept) / (this.#answers * kept + PRIOR_ANSWERS)
  }
}
