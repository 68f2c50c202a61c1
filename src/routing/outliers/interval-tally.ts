/** What one instance has answered since the interval began: what outlier detectors compare. */
export class IntervalTally {
  #answers = 0
  #failures = 0
  #successMs = 0

  get answers(): number {
    return this.#answers
  }

  get successes(): number {
    return this.#answers - this.#failures
  }

  /** NaN if there was no answer. */
  get failureShare(): number {
    return this.#failures / this.#answers
  }

  /** Mean latency of the successes in ms; NaN if there was none. */
  get meanSuccessMs(): number {
    return this.#successMs / this.successes
  }

  add(latencyMs: number, failed: boolean): void {
    this.#answers++
    if (failed) this.#failures++
    else this.#successMs += latencyMs
  }

  reset(): void {
    this.#answers = 0
    this.#failures = 0
    this.#successMs = 0
  }
}
