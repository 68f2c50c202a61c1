/**
 * Additive increase, multiplicative decrease (Chiu and Jain 1989), as Netflix' concurrency-limits has it:
 *
 *     drop, or latency > timeout  limit <- floor(0.9 limit)
 *     2 x in flight >= limit      limit <- limit + 1; a limit that nobody comes near says nothing
 *
 * There the timeout is 5 s. It should be what the clients wait for: an answer that comes after they have left is no
 * success, and a limit that takes it for one grows until the instance works on nothing else.
 */
import { type ConcurrencyLimit, type LimitRange, within } from './concurrency-limit.ts'

const BACKOFF = 0.9

export class AimdLimit implements ConcurrencyLimit {
  readonly #range: LimitRange
  readonly #timeoutMs: number
  #limit: number

  constructor(range: LimitRange, timeoutMs: number) {
    this.#range = range
    this.#timeoutMs = timeoutMs
    this.#limit = within(range, range.start)
  }

  get limit(): number {
    return this.#limit
  }

  onSuccess(latencyMs: number, inFlight: number): void {
    if (latencyMs > this.#timeoutMs) return this.onDrop()
    if (inFlight * 2 >= this.#limit) this.#limit = within(this.#range, this.#limit + 1)
  }

  onDrop(): void {
    this.#limit = within(this.#range, Math.floor(this.#limit * BACKOFF))
  }
}
