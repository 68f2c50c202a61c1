/**
 * Chooses how to wake by what there is to do: the helper thread while alarms are few, because it is on time; the
 * timer when they are many, because then one alarm for all that is due within a millisecond saves more than it delays.
 * And the timer to begin with: a run with hardly any alarms need not start a thread.
 */
import type { Waker, WakerOf } from './waker.ts'

/** Things due per second at which the timer takes over, and below which the thread does again (`docs/measurement.md`). */
export const TIMER_FROM_PER_SECOND = 1500
export const THREAD_BELOW_PER_SECOND = 1000
/** A thread takes 45 ms of CPU and 10 MB to start. */
export const THREAD_FROM_ALARMS = 5
const WINDOW_MS = 1000

export class AutoWaker implements Waker {
  readonly #now: () => number
  readonly #makeFine: () => Waker
  readonly #coarse: Waker
  #fine: Waker | undefined
  #current: Waker
  #windowStartMs: number
  #inWindow = 0

  /** @param fine wakes on time and takes effort for each alarm; `coarse` is the other way round */
  constructor(now: () => number, wake: () => void, fine: WakerOf, coarse: WakerOf) {
    this.#now = now
    this.#makeFine = () => fine(now, wake)
    this.#coarse = coarse(now, wake)
    this.#current = this.#coarse
    this.#windowStartMs = now()
  }

  get trouble(): string | null {
    return this.#fine?.trouble ?? this.#coarse.trouble
  }

  set(atMs: number, carriedOut: number): void {
    this.#inWindow += carriedOut
    const next = this.#choice()
    if (next !== this.#current) {
      this.#current.set(Number.POSITIVE_INFINITY, 0)
      this.#current = next
    }
    this.#current.set(atMs, carriedOut)
  }

  close(): void {
    this.#fine?.close()
    this.#coarse.close()
  }

  /** Too many are known at once; few only when the second is over. */
  #choice(): Waker {
    if (this.#fine === undefined) {
      if (this.#inWindow < THREAD_FROM_ALARMS) return this.#coarse
      this.#fine = this.#makeFine()
      return this.#fine
    }
    const lengthMs = this.#now() - this.#windowStartMs
    const many = this.#inWindow > TIMER_FROM_PER_SECOND
    if (lengthMs < WINDOW_MS && !many) return this.#current
    const few = this.#inWindow * WINDOW_MS < THREAD_BELOW_PER_SECOND * lengthMs
    this.#inWindow = 0
    this.#windowStartMs = this.#now()
    // Over a second that was longer than that, many may be few.
    if (few) return this.#fine
    return many ? this.#coarse : this.#current
  }
}
