/** One try of a search: a rate for a while, and whether the thresholds held. */
import { WorldError } from '../../core/index.ts'
import { parseThresholdMetric, type Scenario, type Threshold } from '../../scenario/index.ts'
import { runVirtual } from '../../worlds/index.ts'
import { resolvePolicy } from '../policies.ts'
import { RunStatistics } from '../statistics/run-statistics.ts'
import { generatorSummary } from '../summary/generator-summary.ts'
import type { ThresholdResult } from '../summary/run-summary.ts'
import { checkThresholds, demandedThresholds } from '../summary/thresholds.ts'
import { atRate, type MeasuredTime } from './rate-scenario.ts'
import type { RateVerdict } from './search-knee.ts'
import { WindowObserver } from './window-observer.ts'

/** Plain JSON: a thread is sent it. */
export interface RateTask {
  /** Of one phase, and with the thresholds that count. */
  readonly scenario: Scenario
  readonly policy: string
  readonly seed: number
  readonly sessionsPerSecond: number
  readonly time: MeasuredTime
}

/** What came of a try, within the measured time. Plain JSON, but for NaN where a number is not known. */
export interface RateTry {
  readonly sessionsPerSecond: number
  readonly seed: number
  readonly verdict: RateVerdict
  readonly requests: number
  readonly requestsPerSecond: number
  readonly errorRate: number
  readonly p50LatencyMs: number
  readonly p95LatencyMs: number
  readonly p99LatencyMs: number
  readonly thresholds: readonly ThresholdResult[]
  /** What broke, or why the generator could not go on; nothing where all held. */
  readonly reasons: readonly string[]
}

/** @throws WorldError if the run is stopped before its end by anything but the signal */
export async function tryVirtually(task: RateTask, signal?: AbortSignal): Promise<RateTry> {
  const { seed, policy, time } = task
  const scenario = atRate(task.scenario, task.sessionsPerSecond, time)
  const statistics = new RunStatistics(scenario)
  const observer = new WindowObserver(statistics, time)
  const world = await runVirtual({
    scenario,
    seed,
    policies: resolvePolicy(policy),
    observer,
    decisions: { onAnswer: () => {}, onShed: () => {} },
    ...(signal === undefined ? {} : { signal }),
  })
  if (world.stopped !== undefined) {
    throw new WorldError(
      `the try of ${task.sessionsPerSecond} sessions per second was stopped: ${world.stopped}`,
    )
  }
  return tryOf(task, scenario, statistics, observer.dropped)
}

/**
 * From what was counted to a verdict.
 *
 * @param scenario as it was run, at the rate of the try
 * @param dropped starts that found no room
 */
export function tryOf(
  { sessionsPerSecond, seed, time }: RateTask,
  scenario: Scenario,
  statistics: RunStatistics,
  dropped: number,
): RateTry {
  const generator = generatorSummary(scenario, statistics)
  statistics.finish(time.windowMs)
  const { total } = statistics
  const thresholds = checkThresholds(demandedThresholds(scenario), { statistics, endMs: time.windowMs })
  const saturated = generator?.reasons ?? []
  const broken = brokenBy(thresholds, total.requests, dropped)
  return {
    sessionsPerSecond,
    seed,
    verdict: saturated.length > 0 ? 'saturated' : broken.length > 0 ? 'breaks' : 'holds',
    requests: total.requests,
    requestsPerSecond: (total.requests * 1000) / time.windowMs,
    errorRate: total.errorRate,
    p50LatencyMs: total.latency.quantile(0.5),
    p95LatencyMs: total.latency.quantile(0.95),
    p99LatencyMs: total.latency.quantile(0.99),
    thresholds,
    reasons: saturated.length > 0 ? saturated : broken,
  }
}

/** What was not measured did not break; and where nobody asked for anything, nothing did. */
function brokenBy(thresholds: readonly ThresholdResult[], requests: number, dropped: number): string[] {
  const measured = requests === 0 ? [] : thresholds.filter(({ value }) => !Number.isNaN(value))
  const reasons = measured
    .filter(({ passed }) => !passed)
    .map(({ metric, condition }) => `${metric} ${condition}`)
  return dropped === 0 ? reasons : [...reasons, 'session starts dropped']
}

/** Thresholds that a lower rate breaks by itself, and a search for the highest must leave aside. */
export function searchable(thresholds: readonly Threshold[]): {
  readonly kept: readonly Threshold[]
  readonly leftOut: readonly Threshold[]
} {
  const isFloor = ({ metric, operator }: Threshold): boolean =>
    operator.startsWith('>') && growsWithRate(metric)
  return {
    kept: thresholds.filter((one) => !isFloor(one)),
    leftOut: thresholds.filter(isFloor),
  }
}

function growsWithRate(metric: string): boolean {
  const measure = parseThresholdMetric(metric)?.measure
  if (measure === undefined) return false
  if (measure.of !== 'own') return measure.of === 'requests' || measure.of === 'requestsPerSecond'
  return measure.statistic === 'count' || measure.statistic === 'perSecond'
}
