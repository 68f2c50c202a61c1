/** Whether a run kept what its scenario demands: of all its requests, or of those with certain tags. */
import {
  type Measure,
  parseThresholdMetric,
  type Scenario,
  type Selectors,
  type Statistic,
  type Threshold,
} from '../../scenario/index.ts'
import type { Histogram } from '../../stats/index.ts'
import type { RunStatistics } from '../statistics/run-statistics.ts'
import type { Subset } from '../statistics/tagged-counts.ts'
import type { ThresholdResult } from './run-summary.ts'

/** What is measured by: the statistics so far, and how long the run has been. */
export interface Measured {
  readonly statistics: RunStatistics
  readonly endMs: number
}

/** A target that fails every request is no success, whatever the scenario forgot to say. */
const NOT_ALL_FAILED: Threshold = { metric: 'errorRate', operator: '<', limit: 1 }

/** What is demanded of a run: what its scenario says and, where that sets no limit to errors, that one. */
export function demandedThresholds({ thresholds }: Pick<Scenario, 'thresholds'>): readonly Threshold[] {
  const limited = thresholds.some(({ metric }) => metric === 'errorRate')
  return limited ? thresholds : [...thresholds, NOT_ALL_FAILED]
}

/** A metric that could not be measured (no request at all, none with the tags) is NaN and fails its threshold. */
export function checkThresholds(thresholds: readonly Threshold[], run: Measured): ThresholdResult[] {
  return thresholds.map((threshold) => checkThreshold(threshold, run))
}

export function checkThreshold({ metric, operator, limit }: Threshold, run: Measured): ThresholdResult {
  const value = measuredValue(metric, run)
  return { metric, condition: `${operator} ${limit}`, value, passed: holds(value, operator, limit) }
}

/** The requests of the run, or some of them. */
type Requests = Pick<Subset, 'counts' | 'serviceTime'>

function measuredValue(text: string, run: Measured): number {
  const metric = parseThresholdMetric(text)
  if (metric === undefined) throw new Error(`"${text}" is no metric: the scenario was not checked`)
  const { measure, selectors } = metric
  switch (measure.of) {
    case 'own':
      return run.statistics.own.get(measure.metric)?.statistic(measure.statistic, run.endMs) ?? Number.NaN
    case 'checkRate':
      return checkRate(run.statistics, selectors.check)
    case 'droppedRate':
      return droppedRate(run.statistics)
    default: {
      const requests = requestsOf(run.statistics, selectors)
      return requests === undefined ? Number.NaN : requestValue(measure, requests, run.endMs)
    }
  }
}

/** Undefined if there was none that could have been meant. */
function requestsOf(statistics: RunStatistics, selectors: Selectors): Requests | undefined {
  if (Object.keys(selectors).length === 0) {
    return { counts: statistics.total, serviceTime: statistics.serviceTime }
  }
  const subset = statistics.tagged.subset(selectors)
  return subset === undefined || subset.candidates === 0 ? undefined : subset
}

function requestValue(
  measure: Exclude<Measure, { of: 'own' }>,
  { counts, serviceTime }: Requests,
  durationMs: number,
): number {
  switch (measure.of) {
    case 'latency':
      return statisticOf(counts.latency, measure.statistic)
    case 'serviceTime':
      return statisticOf(serviceTime, measure.statistic)
    case 'errorRate':
      return counts.requests === 0 ? Number.NaN : counts.errorRate
    case 'requests':
      return counts.requests
    case 'requestsPerSecond':
      return (counts.requests * 1000) / Math.max(1, durationMs)
    default:
      throw new Error(`${measure.of} is no number of requests`)
  }
}

function statisticOf(values: Histogram, statistic: Statistic): number {
  if (typeof statistic === 'object') return values.quantile(statistic.quantile)
  return values[statistic]
}

function checkRate({ checks }: RunStatistics, name: string | undefined): number {
  const counted = name === undefined ? [...checks.values()] : [checks.get(name) ?? { passes: 0, fails: 0 }]
  const passes = counted.reduce((sum, check) => sum + check.passes, 0)
  const fails = counted.reduce((sum, check) => sum + check.fails, 0)
  return passes / (passes + fails)
}

/** Of the planned starts of sessions: how many found no free user. NaN where no phase plans any. */
function droppedRate({ phases }: RunStatistics): number {
  const planned = phases.reduce((sum, phase) => sum + phase.planned, 0)
  return phases.reduce((sum, phase) => sum + phase.dropped, 0) / planned
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
