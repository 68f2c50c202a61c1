/** Whether a run kept what its scenario demands. */
import type { Scenario, Threshold, ThresholdMetric } from '../scenario/index.ts'
import type { RunSummary, ThresholdResult } from './run-summary.ts'

type Measured = Pick<RunSummary, 'latency' | 'errorRate' | 'requestsPerSecond' | 'requests' | 'checks'>

const METRICS: Readonly<Record<ThresholdMetric, (run: Measured) => number>> = {
  meanLatencyMs: ({ latency }) => latency.meanMs,
  p50LatencyMs: ({ latency }) => latency.p50Ms,
  p90LatencyMs: ({ latency }) => latency.p90Ms,
  p95LatencyMs: ({ latency }) => latency.p95Ms,
  p99LatencyMs: ({ latency }) => latency.p99Ms,
  p999LatencyMs: ({ latency }) => latency.p999Ms,
  maxLatencyMs: ({ latency }) => latency.maxMs,
  errorRate: (run) => (run.requests === 0 ? Number.NaN : run.errorRate),
  checkRate: ({ checks }) => {
    const passes = checks.reduce((sum, check) => sum + check.passes, 0)
    const fails = checks.reduce((sum, check) => sum + check.fails, 0)
    return passes / (passes + fails)
  },
  requestsPerSecond: (run) => run.requestsPerSecond,
}

/** A target that fails every request is no success, whatever the scenario forgot to say. */
const NOT_ALL_FAILED: Threshold = { metric: 'errorRate', operator: '<', limit: 1 }

/** What is demanded of a run: what its scenario says and, where that sets no limit to errors, that one. */
export function demandedThresholds({ thresholds }: Pick<Scenario, 'thresholds'>): readonly Threshold[] {
  const limited = thresholds.some(({ metric }) => metric === 'errorRate')
  return limited ? thresholds : [...thresholds, NOT_ALL_FAILED]
}

/** A metric that could not be measured (no request at all) fails its threshold. */
export function checkThresholds(thresholds: readonly Threshold[], run: Measured): ThresholdResult[] {
  return thresholds.map(({ metric, operator, limit }) => {
    const value = METRICS[metric](run)
    return { metric, condition: `${operator} ${limit}`, value, passed: holds(value, operator, limit) }
  })
}

function holds(value: number, operator: Threshold['operator'], limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
  }
}
