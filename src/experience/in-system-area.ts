/**
 * How many requests a service has without an answer, and the integral of that over time: what the throughput part of
 * the reward is made of. Hot path.
 */
export class InSystemArea {
  #requests = 0
  #areaMs = 0
  #toMs = 0

  enter(nowMs: number): void {
    this.upTo(nowMs)
    this.#requests++
  }

  leave(nowMs: number): void {
    this.upTo(nowMs)
    this.#requests--
  }

  /** The integral so far, in request-milliseconds. Time may not run backwards. */
  upTo(nowMs: number): number {
    this.#areaMs += this.#requests * (nowMs - this.#toMs)
    this.#toMs = nowMs
    return this.#areaMs
  }
}
