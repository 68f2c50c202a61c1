/**
 * Netflix' Gradient2: compares the latency of now with its own long average, and shrinks when it grows.
 *
 *     short   mean latency of a window, see `sample-window.ts`
 *     long    moving average of that over 600 windows (the plain mean of the first 10)
 *     long / short > 2               long <- 0.95 long: the average is left from worse times
 *     in flight < limit / 2          nothing; a limit that nobody comes near says nothing
 *     g = clamp(1.5 long / short, 0.5, 1)
 *     limit <- 0.8 limit + 0.2 (limit g + 4)
 *
 * Drops do not count, as there: what fails says nothing about queues.
 */
import { type ConcurrencyLimit, type LimitRange, within } from './concurrency-limit.ts'
import { SampleWindow } from './sample-window.ts'

const LONG_SAMPLES = 600
const WARM_UP_SAMPLES = 10
const TOLERANCE = 1.5
const QUEUE = 4
const SMOOTHING = 0.2

export class Gradient2Limit implements ConcurrencyLimit {
  readonly #range: LimitRange
  readonly #window = new SampleWindow()
  #limit: number
  #longMs = 0
  #samples = 0

  constructor(range: LimitRange) {
    this.#range = range
    this.#limit = within(range, range.start)
  }

  get limit(): number {
    return this.#limit
  }

  onSuccess(latencyMs: number, inFlight: number, nowMs: number): void {
    const window = this.#window
    if (window.onSuccess(latencyMs, inFlight, nowMs)) this.update(window.latencyMs, window.inFlight)
  }

  onDrop(): void {}

  /** The law itself, for one window. */
  update(shortMs: number, inFlight: number): void {
    const longMs = this.#average(shortMs)
    if (longMs / shortMs > 2) this.#longMs *= 0.95
    if (inFlight < this.#limit / 2) return
    const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * longMs) / shortMs))
    const target = this.#limit * gradient + QUEUE
    this.#limit = within(this.#range, this.#limit * (1 - SMOOTHING) + target * SMOOTHING)
  }

  #average(latencyMs: number): number {
    this.#samples++
    const step = this.#samples <= WARM_UP_SAMPLES ? 1 / this.#samples : 2 / (LONG_SAMPLES + 1)
    this.#longMs += (latencyMs - this.#longMs) * step
    return this.#longMs
  }
}
