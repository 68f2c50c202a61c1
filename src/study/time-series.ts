/** A run cut into equal buckets of time: rates, errors, percentiles and users for the charts. */
import { Histogram } from '../stats/index.ts'
import type { SeriesPoint } from './run-summary.ts'

/** Coarse histograms suffice for a line in a chart: 3 % per bucket, and a tenth of the memory. */
const MANTISSA_BITS = 5
const MOST_BUCKETS = 240
const NICE_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]

interface Bucket {
  requests: number
  failures: number
  userMs: number
  latency: Histogram | undefined
}

export class TimeSeries {
  readonly bucketMs: number
  readonly #buckets: Bucket[] = []
  #users = 0
  #usersSinceMs = 0

  constructor(durationMs: number) {
    const seconds = NICE_SECONDS.find((candidate) => durationMs / (candidate * 1000) <= MOST_BUCKETS)
    this.bucketMs = (seconds ?? Math.ceil(durationMs / MOST_BUCKETS / 1000)) * 1000
  }

  /** A request that ended at `endMs`. */
  add(endMs: number, latencyMs: number, failed: boolean): void {
    const bucket = this.#at(Math.floor(endMs / this.bucketMs))
    bucket.requests++
    if (failed) bucket.failures++
    bucket.latency ??= new Histogram(MANTISSA_BITS)
    bucket.latency.record(latencyMs)
  }

  /** From now on there are `users`. */
  setUsers(users: number, nowMs: number): void {
    this.#spread(nowMs)
    this.#users = users
  }

  points(endMs: number): SeriesPoint[] {
    this.#spread(endMs)
    return this.#buckets.map((bucket, i) => {
      const lengthMs = Math.min(this.bucketMs, Math.max(1, endMs - i * this.bucketMs))
      const { requests, failures, latency } = bucket
      return {
        tMs: i * this.bucketMs,
        users: bucket.userMs / lengthMs,
        requestsPerSecond: (requests * 1000) / lengthMs,
        errorRate: requests === 0 ? 0 : failures / requests,
        p50Ms: latency?.quantile(0.5) ?? Number.NaN,
        p95Ms: latency?.quantile(0.95) ?? Number.NaN,
        p99Ms: latency?.quantile(0.99) ?? Number.NaN,
      }
    })
  }

  /** Credits the users that were there since the last change to the buckets that they were there in. */
  #spread(untilMs: number): void {
    while (this.#usersSinceMs < untilMs) {
      const index = Math.floor(this.#usersSinceMs / this.bucketMs)
      const endMs = Math.min(untilMs, (index + 1) * this.bucketMs)
      this.#at(index).userMs += this.#users * (endMs - this.#usersSinceMs)
      this.#usersSinceMs = endMs
    }
  }

  #at(index: number): Bucket {
    while (this.#buckets.length <= index) {
      this.#buckets.push({ requests: 0, failures: 0, userMs: 0, latency: undefined })
    }
    return this.#buckets[index]!
  }
}
