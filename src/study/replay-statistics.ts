/** What a comparison counts of a replay: how long successes took, how much failed, and both in one number. */
import type { Scenario } from '../scenario/index.ts'
import { Histogram } from '../stats/index.ts'
import type { FinishedRequest, RunObserver } from '../worlds/index.ts'

/** Of the distributions that are kept and drawn: 1.6 % per bucket, and a few hundred numbers. */
const COARSE_BITS = 5
/** A user who waits for longer than so many times the good latency is not served (Apdex, 4 T). */
const FRUSTRATED = 4
/** The latency thresholds that name a promise to most users, the strictest share of users first. */
const PROMISES: readonly string[] = ['p999LatencyMs', 'p99LatencyMs', 'p95LatencyMs', 'p90LatencyMs']

/** The latency above which a request misses what the scenario promises: its threshold, or else the frustration limit. */
export function sloMsOf({ thresholds, reward }: Pick<Scenario, 'thresholds' | 'reward'>): number {
  for (const metric of PROMISES) {
    const limits = thresholds.filter(
      (threshold) => threshold.metric === metric && threshold.operator[0] === '<',
    )
    if (limits.length > 0) return Math.min(...limits.map(({ limit }) => limit))
  }
  return FRUSTRATED * reward.targetLatencyMs
}

export class ReplayStatistics implements RunObserver {
  /** Latencies of the requests that succeeded, from the intended start. */
  readonly successes = new Histogram()
  /** The same, coarse enough to be kept. */
  readonly distribution = new Histogram(COARSE_BITS)
  failures = 0
  /** Whether a request had to be sent more than once. */
  repeated = false
  readonly #timeoutMs: number
  readonly #sloMs: number
  #misses = 0
  #penalizedMs = 0
  #boundMs = 0

  constructor(scenario: Pick<Scenario, 'client' | 'thresholds' | 'reward'>) {
    this.#timeoutMs = scenario.client.timeoutMs
    this.#sloMs = sloMsOf(scenario)
  }

  onRequest({ intendedMs, endMs, expected, boundMs, attempts }: FinishedRequest): void {
    const latencyMs = endMs - intendedMs
    if (expected) {
      this.successes.record(latencyMs)
      this.distribution.record(latencyMs)
    } else this.failures++
    if (!expected || latencyMs > this.#sloMs) this.#misses++
    if (attempts > 1) this.repeated = true
    this.#penalizedMs += expected ? latencyMs : Math.max(latencyMs, this.#timeoutMs)
    this.#boundMs += boundMs
  }

  get requests(): number {
    return this.successes.count + this.failures
  }

  get errorRate(): number {
    return this.requests === 0 ? 0 : this.failures / this.requests
  }

  /** Share of the requests that failed or took longer than the scenario promises. */
  get sloMissRate(): number {
    return this.requests === 0 ? 0 : this.#misses / this.requests
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
