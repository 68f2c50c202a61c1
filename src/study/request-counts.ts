/** Counts and latencies of a set of requests: a phase's, an action's, or all of a run. */
import { Histogram } from '../stats/index.ts'
import type { LatencySummary } from './run-summary.ts'

export class RequestCounts {
  requests = 0
  failures = 0
  readonly latency = new Histogram()

  add(latencyMs: number, failed: boolean): void {
    this.requests++
    if (failed) this.failures++
    this.latency.record(latencyMs)
  }

  get errorRate(): number {
    return this.requests === 0 ? 0 : this.failures / this.requests
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
