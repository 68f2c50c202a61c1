/**
 * Many answers as one sample, as Netflix' WindowedLimit makes it of them: single latencies vary with the size of the
 * request, and a limit must not follow that. A window ends with the first answer after 1 s; with fewer than 10
 * successes it says nothing.
 */

const WINDOW_MS = 1000
const ENOUGH = 10

export class SampleWindow {
  /** Of the window that has ended: mean latency, most requests in flight, and whether any was dropped. */
  latencyMs = Number.NaN
  inFlight = 0
  dropped = false
  #endsAtMs = Number.NaN
  #sumMs = 0
  #count = 0
  #mostInFlight = 0
  #drops = 0

  /** @returns whether a window has ended that says something */
  onSuccess(latencyMs: number, inFlight: number, nowMs: number): boolean {
    this.#sumMs += latencyMs
    this.#count++
    return this.#onAnswer(inFlight, nowMs)
  }

  /** @returns as `onSuccess` */
  onDrop(inFlight: number, nowMs: number): boolean {
    this.#drops++
    return this.#onAnswer(inFlight, nowMs)
  }

  #onAnswer(inFlight: number, nowMs: number): boolean {
    this.#mostInFlight = Math.max(this.#mostInFlight, inFlight)
    if (Number.isNaN(this.#endsAtMs)) this.#endsAtMs = nowMs + WINDOW_MS
    if (nowMs <= this.#endsAtMs) return false
    const enough = this.#count >= ENOUGH
    this.latencyMs = this.#sumMs / this.#count
    this.inFlight = this.#mostInFlight
    this.dropped = this.#drops > 0
    this.#endsAtMs = nowMs + WINDOW_MS
    this.#sumMs = 0
    this.#count = 0
    this.#mostInFlight = 0
    this.#drops = 0
    return enough
  }
}
