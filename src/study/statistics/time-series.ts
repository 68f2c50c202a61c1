/** A run cut into equal buckets of time: rates, errors, percentiles and users for the charts. */
import type { Mergeable } from '../../stats/index.ts'
import type { SeriesPoint } from '../summary/run-summary.ts'
import { RequestCounts, type RequestCountsJson } from './request-counts.ts'
import { UserTime, wholeUs } from './user-time.ts'

/** Coarse histograms suffice for a line in a chart: 3 % per bucket, and a tenth of the memory. */
const MANTISSA_BITS = 5
const MOST_BUCKETS = 240
const NICE_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]

interface Bucket {
  readonly users: UserTime
  /** Of the requests that ended in it, if there were any. */
  counts: RequestCounts | undefined
}

export interface TimeSeriesJson {
  readonly durationMs: number
  readonly buckets: readonly { readonly userUs: number; readonly counts: RequestCountsJson | null }[]
}

export class TimeSeries implements Mergeable<TimeSeriesJson> {
  readonly durationMs: number
  readonly bucketMs: number
  readonly #buckets: Bucket[] = []
  /** What ends after the run's time is up counts in its last bucket: a sliver of its own would have a wild rate. */
  readonly #lastBucket: number
  #users = 0
  #usersSinceUs = 0

  constructor(durationMs: number) {
    const seconds = NICE_SECONDS.find((candidate) => durationMs / (candidate * 1000) <= MOST_BUCKETS)
    this.durationMs = durationMs
    this.bucketMs = (seconds ?? Math.ceil(durationMs / MOST_BUCKETS / 1000)) * 1000
    this.#lastBucket = Math.ceil(durationMs / this.bucketMs) - 1
  }

  /** A request that ended at `endMs`. */
  add(endMs: number, latencyMs: number, failed: boolean): void {
    const bucket = this.#at(this.#bucketOf(endMs))
    bucket.counts ??= new RequestCounts(MANTISSA_BITS)
    bucket.counts.add(latencyMs, failed)
  }

  /** From now on there are `users`. */
  setUsers(users: number, nowMs: number): void {
    this.finish(nowMs)
    this.#users = users
  }

  /** Credits the users that were there since the last change to the buckets that they were there in. */
  finish(untilMs: number): void {
    const untilUs = wholeUs(untilMs)
    while (this.#usersSinceUs < untilUs) {
      const index = this.#bucketOf(this.#usersSinceUs / 1000)
      const endUs = Math.min(untilUs, wholeUs(this.#endOf(index)))
      this.#at(index).users.add(this.#users, this.#usersSinceUs, endUs)
      this.#usersSinceUs = endUs
    }
  }

  points(endMs: number): SeriesPoint[] {
    this.finish(endMs)
    const buckets = this.#bucketsUntil(endMs)
    return buckets.map(({ users, counts }, i) => {
      const untilMs = i === buckets.length - 1 ? endMs : (i + 1) * this.bucketMs
      const lengthMs = Math.max(1, Math.min(untilMs, endMs) - i * this.bucketMs)
      return {
        tMs: i * this.bucketMs,
        users: users.userMs / lengthMs,
        requestsPerSecond: ((counts?.requests ?? 0) * 1000) / lengthMs,
        errorRate: counts?.errorRate ?? 0,
        p50Ms: counts?.latency.quantile(0.5) ?? Number.NaN,
        p95Ms: counts?.latency.quantile(0.95) ?? Number.NaN,
        p99Ms: counts?.latency.quantile(0.99) ?? Number.NaN,
      }
    })
  }

  /**
   * Adds a series whose clock began at the same moment, up to where it has been brought by `finish`.
   *
   * @throws RangeError if it is of a run of another length
   */
  merge(other: TimeSeries): void {
    if (other.durationMs !== this.durationMs) {
      throw new RangeError(
        `series: cannot merge one of ${other.durationMs} ms into one of ${this.durationMs} ms: merge runs of one scenario only`,
      )
    }
    for (const [i, { users, counts }] of other.#buckets.entries()) {
      const bucket = this.#at(i)
      bucket.users.merge(users)
      if (counts === undefined) continue
      bucket.counts ??= new RequestCounts(MANTISSA_BITS)
      bucket.counts.merge(counts)
    }
  }

  toJSON(): TimeSeriesJson {
    const buckets = this.#buckets.map(({ users, counts }) => ({
      userUs: users.toJSON(),
      counts: counts?.toJSON() ?? null,
    }))
    return { durationMs: this.durationMs, buckets }
  }

  static fromJSON({ durationMs, buckets }: TimeSeriesJson): TimeSeries {
    const series = new TimeSeries(durationMs)
    for (const [i, { userUs, counts }] of buckets.entries()) {
      const bucket = series.#at(i)
      bucket.users.merge(UserTime.fromJSON(userUs))
      if (counts !== null) bucket.counts = RequestCounts.fromJSON(counts)
    }
    return series
  }

  /** The last one goes into the one before if the run ended before half of it was over, as what is cut or graceful does. */
  #bucketsUntil(endMs: number): readonly Bucket[] {
    const last = this.#buckets.length - 1
    if (last < 1 || endMs - last * this.bucketMs >= this.bucketMs / 2) return this.#buckets
    const whole: Bucket = { users: new UserTime(), counts: undefined }
    for (const { users, counts } of this.#buckets.slice(-2)) {
      whole.users.merge(users)
      if (counts !== undefined) (whole.counts ??= new RequestCounts(MANTISSA_BITS)).merge(counts)
    }
    return [...this.#buckets.slice(0, -2), whole]
  }

  #bucketOf(nowMs: number): number {
    return Math.min(Math.floor(nowMs / this.bucketMs), this.#lastBucket)
  }

  #endOf(index: number): number {
    return index === this.#lastBucket ? Number.POSITIVE_INFINITY : (index + 1) * this.bucketMs
  }

  #at(index: number): Bucket {
    while (this.#buckets.length <= index) this.#buckets.push({ users: new UserTime(), counts: undefined })
    return this.#buckets[index]!
  }
}
