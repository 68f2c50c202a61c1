/** What a comparison counts of a replay: how long successes took, how much failed, and both in one number. */
import type { Scenario } from '../scenario/index.ts'
import { Histogram } from '../stats/index.ts'
import type { FinishedRequest, RunObserver } from '../worlds/index.ts'

export class ReplayStatistics implements RunObserver {
  /** Latencies of the requests that succeeded, from the intended start. */
  readonly successes = new Histogram()
  failures = 0
  readonly #timeoutMs: number
  #penalizedMs = 0
  #boundMs = 0

  constructor({ client }: Pick<Scenario, 'client'>) {
    this.#timeoutMs = client.timeoutMs
  }

  onRequest({ intendedMs, endMs, expected, boundMs }: FinishedRequest): void {
    const latencyMs = endMs - intendedMs
    if (expected) this.successes.record(latencyMs)
    else this.failures++
    this.#penalizedMs += expected ? latencyMs : Math.max(latencyMs, this.#timeoutMs)
    this.#boundMs += boundMs
  }

  get requests(): number {
    return this.successes.count + this.failures
  }

  get errorRate(): number {
    return this.requests === 0 ? 0 : this.failures / this.requests
  }

  /**
   * Mean latency of all requests, of which those that failed count with the client's timeout, or longer if they took
   * longer. A quick error served nobody: in a plain mean, a policy that sends requests where they fail within a
   * millisecond would be the fastest, and one that keeps away from there would pay for it.
   */
  get penalizedLatencyMs(): number {
    return this.#penalizedMs / this.requests
  }

  /** Mean latency if no request ever waited and each was served by the fastest replica. */
  get boundMs(): number {
    return this.#boundMs / this.requests
  }

  onSessionStart(): void {}

  onSessionEnd(): void {}

  onCheck(): void {}

  onUsers(): void {}

  onDropped(): void {}
}
