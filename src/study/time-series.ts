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
  /** What ends after the run's time is up counts in its last bucket: a sliver of its own would have a wild rate. */
  readonly #lastBucket: number
  #users = 0
  #usersSinceMs = 0

  constructor(durationMs: number) {
    const seconds = NICE_SECONDS.find((candidate) => durationMs / (candidate * 1000) <= MOST_BUCKETS)
    this.bucketMs = (seconds ?? Math.ceil(durationMs / MOST_BUCKETS / 1000)) * 1000
    this.#lastBucket = Math.ceil(durationMs / this.bucketMs) - 1
  }

  /** A request that ended at `endMs`. */
  add(endMs: number, latencyMs: number, failed: boolean): void {
    const bucket = this.#at(this.#bucketOf(endMs))
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
      const lengthMs = Math.max(1, Math.min(this.#endOf(i), endMs) - i * this.bucketMs)
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
      const index = this.#bucketOf(this.#usersSinceMs)
      const endMs = Math.min(untilMs, this.#endOf(index))
      this.#at(index).userMs += this.#users * (endMs - this.#usersSinceMs)
      this.#usersSinceMs = endMs
    }
  }

  #bucketOf(nowMs: number): number {
    return Math.min(Math.floor(nowMs / this.bucketMs), this.#lastBucket)
  }

  #endOf(index: number): number {
    return index === this.#lastBucket ? Number.POSITIVE_INFINITY : (index + 1) * this.bucketMs
  }

  #at(index: number): Bucket {
    while (this.#buckets.length <= index) {
      this.#buckets.push({ requests: 0, failures: 0, userMs: 0, latency: undefined })
    }
    return this.#buckets[index]!
  }
}
