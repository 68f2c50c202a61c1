/**
 * TCP Vegas for requests (Brakmo and Peterson 1995), as Netflix' concurrency-limits has it: the latency of an idle
 * instance tells how many of its requests wait.
 *
 *     queue = ceil(limit (1 - least latency / latency)),  l = max(1, floor(log10 limit))
 *     drop                        limit - l
 *     2 x in flight < limit       nothing; a limit that nobody comes near says nothing
 *     queue <= l                  limit + 6 l
 *     queue < 3 l                 limit + l
 *     queue > 6 l                 limit - l
 *
 * A latency below the least one is the new least and changes nothing else. So that the least one does not outlive what
 * it was measured on, every 30 x limit samples, less up to half of that, the next sample is taken for it: instances
 * must not all forget at once. The part that is taken off follows from the number of the instance.
 *
 * Deviation: a sample is a window of answers (`sample-window.ts`), as Netflix has it for Gradient2. The least of single
 * latencies is that of the smallest request, and the limit would shrink to 1 wherever sizes vary.
 */
import { keyedUniform } from '../../core/index.ts'
import { type ConcurrencyLimit, type LimitRange, within } from './concurrency-limit.ts'
import { SampleWindow } from './sample-window.ts'

const FORGET_AFTER = 30

export class VegasLimit implements ConcurrencyLimit {
  readonly #range: LimitRange
  readonly #key: number
  readonly #window = new SampleWindow()
  #limit: number
  #leastMs = Number.NaN
  #samples = 0
  #forgotten = 0

  /** @param key of the draws: when the least latency is forgotten */
  constructor(range: LimitRange, key: number) {
    this.#range = range
    this.#key = key
    this.#limit = within(range, range.start)
  }

  get limit(): number {
    return this.#limit
  }

  onSuccess(latencyMs: number, inFlight: number, nowMs: number): void {
    if (this.#window.onSuccess(latencyMs, inFlight, nowMs)) this.#onWindow()
  }

  onDrop(inFlight: number, nowMs: number): void {
    if (this.#window.onDrop(inFlight, nowMs)) this.#onWindow()
  }

  /** The law itself, for one window. */
  update(latencyMs: number, inFlight: number, dropped: boolean): void {
    this.#samples++
    if (this.#samples >= this.#forgetAfter()) {
      this.#samples = 0
      this.#forgotten++
      this.#leastMs = latencyMs
    } else if (!(latencyMs >= this.#leastMs)) this.#leastMs = latencyMs
    else if (dropped) this.#move(-step(this.#limit))
    else if (inFlight * 2 >= this.#limit) this.#adapt(latencyMs)
  }

  #onWindow(): void {
    this.update(this.#window.latencyMs, this.#window.inFlight, this.#window.dropped)
  }

  #adapt(latencyMs: number): void {
    const log = step(this.#limit)
    const queue = Math.ceil(this.#limit * (1 - this.#leastMs / latencyMs))
    if (queue <= log) this.#move(6 * log)
    else if (queue < 3 * log) this.#move(log)
    else if (queue > 6 * log) this.#move(-log)
  }

  #move(by: number): void {
    this.#limit = within(this.#range, this.#limit + by)
  }

  #forgetAfter(): number {
    const jitter = 0.5 + keyedUniform(this.#key, this.#forgotten) / 2
    return jitter * FORGET_AFTER * this.#limit
  }
}

function step(limit: number): number {
  return Math.max(1, Math.floor(Math.log10(limit)))
}
