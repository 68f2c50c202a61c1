/** Counts and latencies of a set of requests: a phase's, an action's, or all of a run. */
import { Histogram, type HistogramJson, type Mergeable } from '../../stats/index.ts'
import type { LatencySummary } from '../summary/run-summary.ts'

export interface RequestCountsJson {
  readonly requests: number
  readonly failures: number
  readonly latency: HistogramJson
}

export class RequestCounts implements Mergeable<RequestCountsJson> {
  requests = 0
  failures = 0
  readonly latency: Histogram

  /** @param mantissaBits of the histogram of latencies */
  constructor(mantissaBits?: number) {
    this.latency = new Histogram(mantissaBits)
  }

  add(latencyMs: number, failed: boolean): void {
    this.requests++
    if (failed) this.failures++
    this.latency.record(latencyMs)
  }

  get errorRate(): number {
    return this.requests === 0 ? 0 : this.failures / this.requests
  }

  merge({ requests, failures, latency }: RequestCounts): void {
    this.requests += requests
    this.failures += failures
    this.latency.merge(latency)
  }

  toJSON(): RequestCountsJson {
    return { requests: this.requests, failures: this.failures, latency: this.latency.toJSON() }
  }

  static fromJSON({ requests, failures, latency }: RequestCountsJson): RequestCounts {
    const counts = new RequestCounts(latency.mantissaBits)
    counts.requests = requests
    counts.failures = failures
    counts.latency.merge(Histogram.fromJSON(latency))
    return counts
  }
}

export function latencySummary(latency: Histogram): LatencySummary {
  return {
    count: latency.count,
    meanMs: latency.mean,
    minMs: latency.min,
    p50Ms: latency.quantile(0.5),
    p90Ms: latency.quantile(0.9),
    p95Ms: latency.quantile(0.95),
    p99Ms: latency.quantile(0.99),
    p999Ms: latency.quantile(0.999),
    maxMs: latency.max,
  }
}
