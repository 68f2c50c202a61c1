/** Wakes by a timer of the event loop: coarse, since its clock has milliseconds, and cheap, since much is due at once. */
import { MAX_TIMER_MS } from '../timers.ts'
import type { Waker } from './waker.ts'

export class TimerWaker implements Waker {
  readonly trouble = null
  readonly #now: () => number
  readonly #wake: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(now: () => number, wake: () => void) {
    this.#now = now
    this.#wake = wake
  }

  set(atMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (atMs === Number.POSITIVE_INFINITY) return
    // Rounded up: a timer that fires a fraction too early has to be set again, which costs another millisecond.
    const delayMs = Math.max(1, Math.ceil(atMs - this.#now()))
    this.#timer = setTimeout(this.#wake, Math.min(delayMs, MAX_TIMER_MS))
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}
