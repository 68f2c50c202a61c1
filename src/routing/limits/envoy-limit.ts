/**
 * Envoy's adaptive concurrency (gradient controller): as Vegas, but the latency of an idle instance is measured on
 * purpose, by leaving it hardly any work for a moment.
 *
 *     every 60 s, plus up to 15 % of that: at most 3 requests at a time, until 50 have succeeded;
 *     idle latency = their median; the limit is then what it was before
 *     every 100 ms: g = clamp(1.25 idle / median, 0.5, 2);  limit <- limit g + sqrt(limit g), from 3 on
 *
 * The median of 100 ms is that of its first 256 answers. Envoy has one limit for all instances, and measures before it
 * does anything else. Ours are one each, and not all may be slowed down at once: the first idle latency is the median
 * of the first 50 answers with the limit at `start`, and the first real measurement comes at a moment of the first 60 s
 * that follows from the number of the instance, as does the part that is added later.
 */
import { keyedUniform } from '../../core/index.ts'
import { type ConcurrencyLimit, type LimitRange, within } from './concurrency-limit.ts'

const MEASURE_EVERY_MS = 60_000
const MEASURE_JITTER = 0.15
const MEASURE_LIMIT = 3
const MEASURE_SAMPLES = 50
const UPDATE_EVERY_MS = 100
const UPDATE_SAMPLES = 256
const BUFFER = 0.25

export class EnvoyLimit implements ConcurrencyLimit {
  readonly #range: LimitRange
  readonly #key: number
  readonly #samples = new Float64Array(UPDATE_SAMPLES)
  #count = 0
  #limit: number
  #idleMs = Number.NaN
  /** Before the first idle latency is known, and while it is measured anew. */
  #learning = true
  #measuring = false
  #measured = 0
  #measureAtMs = Number.POSITIVE_INFINITY
  #updateAtMs = Number.NaN

  /** @param key of the draws: when the idle latency is measured again */
  constructor(range: LimitRange, key: number) {
    this.#range = range
    this.#key = key
    this.#limit = this.#bounded(range.start)
  }

  get limit(): number {
    return this.#measuring ? Math.min(MEASURE_LIMIT, this.#limit) : this.#limit
  }

  onSuccess(latencyMs: number, _inFlight: number, nowMs: number): void {
    if (this.#count < UPDATE_SAMPLES) this.#samples[this.#count++] = latencyMs
    if (this.#learning) {
      if (this.#count === MEASURE_SAMPLES) this.#endLearning(nowMs)
    } else if (nowMs >= this.#measureAtMs) {
      this.#learning = true
      this.#measuring = true
      this.#count = 0
    } else if (nowMs >= this.#updateAtMs) this.#update(nowMs)
  }

  onDrop(): void {}

  #endLearning(nowMs: number): void {
    const draw = keyedUniform(this.#key, this.#measured++)
    const share = this.#measuring ? 1 + MEASURE_JITTER * draw : draw
    this.#idleMs = this.#takeMedian()
    this.#learning = false
    this.#measuring = false
    this.#measureAtMs = nowMs + MEASURE_EVERY_MS * share
    this.#updateAtMs = nowMs + UPDATE_EVERY_MS
  }

  #update(nowMs: number): void {
    const gradient = Math.max(0.5, Math.min(2, (this.#idleMs * (1 + BUFFER)) / this.#takeMedian()))
    const scaled = this.#limit * gradient
    this.#limit = this.#bounded(scaled + Math.sqrt(scaled))
    this.#updateAtMs = nowMs + UPDATE_EVERY_MS
  }

  /** Of the samples so far, which are then forgotten. */
  #takeMedian(): number {
    const sorted = this.#samples.subarray(0, this.#count).sort()
    const middle = this.#count >> 1
    const median = this.#count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
    this.#count = 0
    return median
  }

  #bounded(limit: number): number {
    return within(this.#range, Math.max(MEASURE_LIMIT, limit))
  }
}
