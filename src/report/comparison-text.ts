/** A comparison for the terminal: what was measured, what it is beside the reference, and what to make of it. */
import type { Comparison, ComparisonRow } from '../study/index.ts'
import {
  formatCount,
  formatMs,
  formatNumber,
  formatPercent,
  formatPValue,
  formatRate,
  formatRatio,
  formatRatioInterval,
  formatScore,
} from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'
import { LATENCY_NOTE } from './verdict.ts'

export function comparisonText(comparison: Comparison, style: Style): string {
  const { scenario, world, seeds } = comparison
  const over = formatCount(seeds.length, world === 'live' ? 'block' : 'paired seed')
  return [
    style.heading(`${scenario.name}: ${formatCount(comparison.rows.length, 'policy', 'policies')}, ${over}`),
    '',
    ...measuredTable(comparison, style),
    '',
    ...ratioTable(comparison, style),
    '',
    ...notes(comparison).map((note) => style.dim(`  ${note}`)),
    '',
    ...findings(comparison, style),
  ].join('\n')
}

function measuredTable({ rows }: Comparison, style: Style): string[] {
  const failed = rows.some(({ errorRate }) => errorRate > 0)
  const latencies = failed ? ['penalized', 'mean'] : ['mean']
  return textTable(
    columns(
      ['policy'],
      [...latencies, 'p50', 'p95', 'p99', 'failed', 'SLO missed', 'goodput', 'fairness', 'reward'],
    ),
    rows.map((row) => [
      row.policy,
      ...(failed ? [formatMs(row.penalizedLatencyMs)] : []),
      formatMs(row.meanLatencyMs),
      formatMs(row.p50LatencyMs),
      formatMs(row.p95LatencyMs),
      formatMs(row.p99LatencyMs),
      formatPercent(row.errorRate),
      formatPercent(row.sloMissRate),
      formatRate(row.goodputPerSecond),
      formatNumber(row.fairness, 3),
      formatScore(row.meanReward),
    ]),
    style,
  )
}

function ratioTable(comparison: Comparison, style: Style): string[] {
  const { rows, reference } = comparison
  const shown = rows.filter(({ policy }) => policy !== reference)
  return textTable(
    columns(
      [`beside ${reference}`],
      ['ratio', '95% interval', 'p (Holm)', 'p95', 'p99', 'errors', '/ oracle', '/ bound', 'gap closed', ''],
    ),
    shown.map((row) => [
      row.policy,
      formatRatio(row.ratio),
      formatRatioInterval(row.ratioLow, row.ratioHigh),
      formatPValue(row.adjustedPValue),
      formatRatio(row.ratios.p95.ratio),
      formatRatio(row.ratios.p99.ratio),
      formatRatio(row.ratios.errors.ratio),
      formatRatio(row.toOracle?.ratio ?? Number.NaN),
      formatRatio(row.toBound?.ratio ?? Number.NaN),
      gapText(row),
      verdictText(row, style),
    ]),
    style,
  )
}

function gapText({ gapClosed }: ComparisonRow): string {
  if (gapClosed === null) return formatPercent(Number.NaN)
  const { mean, low, high } = gapClosed
  const range = Number.isFinite(low) ? ` (${formatPercent(low, 0)} to ${formatPercent(high, 0)})` : ''
  return formatPercent(mean, 0) + range
}

function verdictText({ kind, verdict }: ComparisonRow, style: Style): string {
  if (verdict === null) return style.dim(kind)
  if (verdict === 'better') return style.good(verdict)
  return verdict === 'worse' ? style.bad(verdict) : style.dim('not shown')
}

function notes(comparison: Comparison): string[] {
  const { rows, seeds, reference, referenceBy, oracle, sloMs, family, boundMs } = comparison
  const ratioOf = rows.some(({ errorRate }) => errorRate > 0) ? 'penalized latency' : 'mean latency'
  const chosen =
    referenceBy === 'named'
      ? `reference: ${reference}, as asked for`
      : `reference: ${reference}, the best heuristic on these very seeds; that choice is in its favour, so it is a fair opponent`
  const interval =
    seeds.length < 2
      ? 'one seed: no intervals and no tests; compare over more, 20 for example'
      : `p: paired t test on the logarithms, corrected by Holm over ${formatCount(family.length, 'policy', 'policies')}`
  return [
    ...(ratioOf === 'penalized latency' ? [LATENCY_NOTE] : []),
    chosen,
    `ratio: ${ratioOf} over that of the reference, paired by seed; p95, p99 and errors: ratios, too`,
    interval,
    `SLO missed: failed, or took more than ${formatMs(sloMs)}`,
    oracleNote(oracle, rows),
    boundMs === null
      ? 'bound: none, since requests failed (they end before their work is done), or since nobody knows the work'
      : `bound: no policy whatever has a mean below ${formatMs(boundMs)} on these requests; / bound is over that of each policy's own runs`,
  ].filter((note) => note !== '')
}

function oracleNote(oracle: string | null, rows: readonly ComparisonRow[]): string {
  if (oracle === null) return ''
  const gap = rows.some(({ gapClosed }) => gapClosed !== null)
    ? 'gap closed: share of what lies between the reference and it'
    : 'it is not shown to be better than the reference, so there is no gap to close'
  return `oracle: ${oracle} knows true sizes and speeds; ${gap}`
}

/** What there is to say of every model; of the heuristics where there is none. */
function findings({ rows, reference, family }: Comparison, style: Style): string[] {
  const models = rows.filter(({ kind, policy }) => kind === 'model' && policy !== reference)
  if (models.length > 0) return models.map((row) => modelFinding(row, reference, style))
  if (family.length === 0)
    return [`  Nothing to compare ${reference} with but the oracle: name more policies.`]
  const better = rows.filter(({ verdict }) => verdict === 'better')
  if (better.length > 0) {
    return [style.good(`  Better than ${reference}: ${better.map(({ policy }) => policy).join(', ')}`)]
  }
  const open = rows.filter(({ verdict }) => verdict === 'no difference shown')
  if (open.length === 0) return [`  ${reference} is better than each of the others.`]
  return [`  Not shown to be worse than ${reference}: ${open.map(({ policy }) => policy).join(', ')}.`]
}

function modelFinding({ policy, ratio, verdict }: ComparisonRow, reference: string, style: Style): string {
  const change = formatPercent(Math.abs(ratio - 1), 1)
  if (verdict === 'better') return style.good(`  ${policy} is better than ${reference}: ${change} lower`)
  if (verdict === 'worse') {
    return style.bad(`  ${policy} is worse than ${reference}: ${change} higher; keep ${reference}`)
  }
  return style.warn(`  No difference shown between ${policy} and ${reference}: keep ${reference}`)
}
