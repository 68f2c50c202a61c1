/**
 * Wakes to the microsecond: when the next alarm is near, the event loop turns without pause until it is there. Takes
 * a whole core while there is something to do, which is why nobody gets it unasked.
 */

import { TimerWaker } from './timer-waker.ts'
import type { Waker } from './waker.ts'

/** With more time than this until the alarm, a timer waits first: one that is late must not be too late. */
const SPIN_MS = 10

export class SpinWaker implements Waker {
  readonly trouble = null
  readonly #now: () => number
  readonly #wake: () => void
  readonly #timer: TimerWaker
  #turn: NodeJS.Immediate | undefined
  #atMs = Number.POSITIVE_INFINITY

  constructor(now: () => number, wake: () => void) {
    this.#now = now
    this.#wake = wake
    this.#timer = new TimerWaker(now, this.#check)
  }

  set(atMs: number): void {
    this.#atMs = atMs
    this.#await()
  }

  close(): void {
    this.#timer.close()
    clearImmediate(this.#turn)
    this.#turn = undefined
  }

  #await(): void {
    const far = this.#atMs - this.#now() > SPIN_MS
    this.#timer.set(far ? this.#atMs - SPIN_MS : Number.POSITIVE_INFINITY)
    if (far) {
      clearImmediate(this.#turn)
      this.#turn = undefined
    } else this.#turn ??= setImmediate(this.#check)
  }

  readonly #check = (): void => {
    this.#turn = undefined
    if (this.#atMs > this.#now()) return this.#await()
    this.#atMs = Number.POSITIVE_INFINITY
    this.#wake()
  }
}
