/**
 * Answers of one instance over a sliding window of whole seconds.
 *
 * A ring of one-second buckets with running totals: adding and reading cost O(1), whatever the rate.
 */
export class AnswerWindow {
  readonly #seconds: number
  readonly #answers: Int32Array
  readonly #failures: Int32Array
  readonly #successMs: Float64Array
  #second = 0
  /** When that second is over, and its bucket. */
  #endMs = 1000
  #bucket = 0
  #totalAnswers = 0
  #totalFailures = 0
  #totalSuccessMs = 0

  /** @param seconds length of the window, e.g. 60 */
  constructor(seconds: number) {
    this.#seconds = seconds
    this.#answers = new Int32Array(seconds)
    this.#failures = new Int32Array(seconds)
    this.#successMs = new Float64Array(seconds)
  }

  add(nowMs: number, latencyMs: number, failed: boolean): void {
    this.roll(nowMs)
    const bucket = this.#bucket
    this.#answers[bucket]!++
    this.#totalAnswers++
    if (failed) {
      this.#failures[bucket]!++
      this.#totalFailures++
    } else {
      this.#successMs[bucket]! += latencyMs
      this.#totalSuccessMs += latencyMs
    }
  }

  /** Drops what is older than the window. Call before reading. */
  roll(nowMs: number): void {
    if (nowMs >= this.#endMs) this.#advance(Math.floor(nowMs / 1000))
  }

  get answers(): number {
    return this.#totalAnswers
  }

  /** Answers per second over the whole window. */
  get ratePerSecond(): number {
    return this.#totalAnswers / this.#seconds
  }

  /** Failures / answers; NaN when there was no answer. */
  get failureRate(): number {
    return this.#totalFailures / this.#totalAnswers
  }

  /** Mean latency of the successes in ms; NaN when there was none. */
  get meanSuccessMs(): number {
    return this.#totalSuccessMs / (this.#totalAnswers - this.#totalFailures)
  }

  #advance(second: number): void {
    const steps = Math.min(second - this.#second, this.#seconds)
    for (let i = 1; i <= steps; i++) this.#clear((this.#second + i) % this.#seconds)
    this.#second = second
    this.#endMs = (second + 1) * 1000
    this.#bucket = second % this.#seconds
    // Sums of floats drift when terms are taken away again; an empty window is exactly zero.
    if (this.#totalAnswers === this.#totalFailures) this.#totalSuccessMs = 0
  }

  #clear(bucket: number): void {
    this.#totalAnswers -= this.#answers[bucket]!
    this.#totalFailures -= this.#failures[bucket]!
    this.#totalSuccessMs -= this.#successMs[bucket]!
    this.#answers[bucket] = 0
    this.#failures[bucket] = 0
    this.#successMs[bucket] = 0
  }
}
