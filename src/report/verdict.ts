/** What a comparison and the thresholds amount to, in plain words: the terminal and the HTML report say the same. */
import { parseThresholdMetric } from '../scenario/index.ts'
import type { ComparisonRow, ComparisonSummary, ThresholdResult } from '../study/index.ts'
import { formatCount, formatMs, formatNumber, formatPercent, formatRate, formatValue } from './format.ts'

export interface Verdict {
  readonly tone: 'good' | 'bad' | 'neutral'
  readonly headline: string
  /** Whole sentences: the evidence, and what to do. */
  readonly reasons: readonly string[]
}

/** What the latencies of a comparison are. */
export const LATENCY_NOTE =
  "penalized: mean of all requests, a failure counting as the client's timeout or longer; mean, p95, p99: of successes"

/** Whether the learned policy is better than the best baseline. Says so when it is not. */
export function comparisonVerdict(comparison: ComparisonSummary): Verdict {
  const { learned, reference, verdict } = comparison
  const row = comparison.rows.find((candidate) => candidate.policy === learned)
  const reasons = [
    ...evidence(row, comparison),
    ...gapSentence(row, comparison),
    ...boundSentence(row, comparison),
  ]
  if (verdict === 'better') {
    return { tone: 'good', headline: `${learned} is better than ${reference}, the best baseline`, reasons }
  }
  const advice = `The learned policy is not better: keep ${reference}.`
  const headline =
    verdict === 'worse'
      ? `${learned} is worse than ${reference}, the best baseline`
      : `No difference shown between ${learned} and ${reference}, the best baseline`
  return { tone: verdict === 'worse' ? 'bad' : 'neutral', headline, reasons: [...reasons, advice] }
}

/** How the thresholds came out, or undefined when there are none. */
export function thresholdVerdict(thresholds: readonly ThresholdResult[]): Verdict | undefined {
  if (thresholds.length === 0) return undefined
  const missed = thresholds.filter((threshold) => !threshold.passed)
  if (missed.length === 0) {
    const headline =
      thresholds.length === 1 ? 'The threshold held' : `All ${thresholds.length} thresholds held`
    return { tone: 'good', headline, reasons: [] }
  }
  return {
    tone: 'bad',
    headline: `${missed.length} of ${formatCount(thresholds.length, 'threshold')} missed`,
    reasons: missed.map(
      (threshold) => `${threshold.metric} ${threshold.condition}: it was ${thresholdValue(threshold)}.`,
    ),
  }
}

/** The measured value of a threshold, in the unit of its metric. */
export function thresholdValue({ metric, value }: ThresholdResult): string {
  // JSON has no NaN.
  if (value === null || Number.isNaN(value)) return 'nothing measured'
  const { of, ...measure } = parseThresholdMetric(metric)!.measure
  if (of === 'latency' || of === 'serviceTime') return formatMs(value)
  if (of === 'errorRate' || of === 'checkRate' || of === 'droppedRate') return formatPercent(value)
  if (of === 'requestsPerSecond') return formatRate(value)
  if (!('statistic' in measure)) return formatNumber(value)
  if (measure.statistic === 'rate') return formatPercent(value)
  return measure.statistic === 'perSecond' ? formatRate(value) : formatValue(value)
}

function evidence(row: ComparisonRow | undefined, comparison: ComparisonSummary): string[] {
  if (row === undefined || !Number.isFinite(row.ratio)) return []
  const seeds = formatCount(comparison.seeds.length, 'held-out seed')
  const failed = comparison.rows.some(({ errorRate }) => errorRate > 0)
  const measure = failed ? 'Penalized latency' : 'Mean response time'
  const change = `${measure} ${relative(row.ratio)} over ${seeds}`
  if (!Number.isFinite(row.ratioLow) || !Number.isFinite(row.ratioHigh)) {
    return [`${change}; too few seeds for a 95% interval, so nothing is shown: compare over more.`]
  }
  const low = relative(row.ratioLow)
  return [`${change}; the 95% interval reaches from ${low} to ${relative(row.ratioHigh)}.`]
}

/** What is left to be had by knowing more than a balancer can. */
function gapSentence(row: ComparisonRow | undefined, { oracle, reference }: ComparisonSummary): string[] {
  if (row?.gapClosed == null) return []
  const { mean, low, high } = row.gapClosed
  const range = Number.isFinite(low) ? ` (${formatPercent(low, 0)} to ${formatPercent(high, 0)})` : ''
  return [
    `Of what lies between ${reference} and ${oracle}, an oracle that knows true sizes and speeds, ` +
      `${row.policy} has ${formatPercent(mean, 0)}${range}.`,
  ]
}

/** A policy by its name, with a word of warning where no balancer could have it. */
export function policyName({ policy, kind }: ComparisonRow): string {
  return kind === 'oracle' ? `${policy} (oracle)` : policy
}

/**
 * The bound puts the gain into proportion: what no policy can win is not there to be won. There is none where requests
 * failed: those end before their work is done, so that a policy can get below it by failing.
 */
function boundSentence(row: ComparisonRow | undefined, { boundMs }: ComparisonSummary): string[] {
  if (row === undefined || boundMs === null || !(boundMs > 0)) return []
  if (!Number.isFinite(row.meanLatencyMs)) return []
  const multiple = (row.meanLatencyMs / boundMs).toFixed(2)
  return [
    `No policy can have a mean below ${formatMs(boundMs)} here, not even one that knows the future (the replicas of ` +
      `each service as one, the shortest job first); ${row.policy} has ${formatMs(row.meanLatencyMs)}, ${multiple} times that.`,
  ]
}

function relative(ratio: number): string {
  const size = formatPercent(Math.abs(ratio - 1), 1)
  if (ratio === 1) return 'unchanged'
  return ratio < 1 ? `${size} lower` : `${size} higher`
}
