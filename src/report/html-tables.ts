/** The tables of the HTML report. */
import type { LatencySummary, RunSummary, ServiceSummary } from '../study/index.ts'
import {
  detailsText,
  formatClock,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
  formatRatio,
  formatRatioInterval,
  formatScore,
  formatUsers,
} from './format.ts'
import { html, type Markup, NOTHING } from './html.ts'
import { type Column, table } from './html-table.ts'
import { anyPlanned, START_COLUMNS } from './phase-starts.ts'
import { LATENCY_NOTE, policyName, thresholdValue } from './verdict.ts'

export function thresholdsTable({ thresholds }: RunSummary): Markup {
  return table(
    [
      { title: 'threshold', text: true, cell: ({ metric, condition }) => `${metric} ${condition}` },
      { title: 'measured', cell: thresholdValue, bad: ({ passed }) => !passed },
      { title: 'result', cell: ({ passed }) => badge(passed, passed ? 'pass' : 'fail') },
    ],
    thresholds,
  )
}

export function checksTable({ checks }: RunSummary): Markup {
  return table(
    [
      { title: 'check', text: true, cell: ({ name }) => name },
      { title: 'passed', cell: ({ passes }) => formatNumber(passes) },
      { title: 'failed', cell: ({ fails }) => formatNumber(fails), bad: ({ fails }) => fails > 0 },
      { title: 'rate', cell: ({ passes, fails }) => formatPercent(passes / (passes + fails)) },
      { title: 'result', cell: ({ fails }) => badge(fails === 0, fails === 0 ? 'pass' : 'fail') },
    ],
    checks,
  )
}

export function latencyTable({ latency, serviceTime }: RunSummary): Markup {
  return table(
    [
      { title: 'latency from', text: true, cell: ({ from }) => from },
      { title: 'min', cell: ({ latency }) => formatMs(latency.minMs) },
      ...latencyColumns<{ latency: LatencySummary }>(),
      { title: 'max', cell: ({ latency }) => formatMs(latency.maxMs) },
    ],
    [
      { from: 'intended start', latency },
      { from: 'send', latency: serviceTime },
    ],
  )
}

export function phasesTable(summary: RunSummary): Markup {
  return table(
    [
      { title: 'phase', text: true, cell: ({ name }) => name },
      {
        title: 'window',
        text: true,
        cell: ({ startMs, endMs }) => `${formatClock(startMs)}–${formatClock(endMs)}`,
      },
      { title: 'users', cell: ({ meanUsers, plannedUsers }) => formatUsers(meanUsers, plannedUsers) },
      { title: 'sessions', cell: ({ sessions }) => formatNumber(sessions) },
      ...(anyPlanned(summary) ? START_COLUMNS : []),
      { title: 'requests', cell: ({ requests }) => formatNumber(requests) },
      { title: 'rate', cell: ({ requestsPerSecond }) => formatRate(requestsPerSecond) },
      failedColumn(),
      ...latencyColumns(),
      ...serviceColumns(summary.phases),
    ],
    summary.phases,
  )
}

export function actionsTable({ byAction }: RunSummary): Markup {
  return table(
    [
      { title: 'action', text: true, cell: ({ action }) => action },
      { title: 'requests', cell: ({ requests }) => formatNumber(requests) },
      failedColumn(),
      ...latencyColumns(),
      ...serviceColumns(byAction),
    ],
    byAction,
  )
}

export function servicesTable({ services }: RunSummary): Markup {
  return table(
    [
      { title: 'service', text: true, cell: ({ service }) => service },
      { title: 'decisions', cell: ({ decisions }) => formatNumber(decisions) },
      ...(services.some(({ sheds }) => sheds > 0)
        ? [{ title: 'shed', cell: ({ sheds }: ServiceSummary) => formatNumber(sheds) }]
        : []),
      failedColumn(),
      ...latencyColumns(),
    ],
    services,
  )
}

export function instancesTable({ services }: RunSummary): Markup {
  return table(
    [
      { title: 'instance', text: true, cell: ({ instance }) => instance },
      { title: 'decisions', cell: ({ decisions }) => formatNumber(decisions) },
      { title: 'share', cell: ({ share }) => formatPercent(share, 1) },
      failedColumn(),
      { title: 'mean', cell: ({ meanLatencyMs }) => formatMs(meanLatencyMs) },
    ],
    services.flatMap(({ instances }) => instances),
  )
}

export function failuresTable({ failures, failureDetails, requests }: RunSummary): Markup {
  return table(
    [
      { title: 'failure', text: true, cell: ([kind]) => kind },
      { title: 'requests', cell: ([, count]) => formatNumber(count) },
      { title: 'share of all', cell: ([, count]) => formatPercent(count / requests) },
      { title: 'in detail', text: true, cell: ([kind]) => detailsText(failureDetails[kind] ?? {}, 20) },
    ],
    Object.entries(failures).sort(([, a], [, b]) => b - a),
  )
}

export function mistakesTable({ mistakes }: RunSummary): Markup {
  return table(
    [
      { title: 'mistake', text: true, cell: ({ mistake }) => mistake },
      { title: 'made', cell: ({ made }) => formatNumber(made) },
      { title: 'refused', cell: ({ refused }) => formatNumber(refused) },
      {
        title: 'otherwise',
        cell: ({ otherwise }) => formatNumber(otherwise),
        bad: ({ otherwise }) => otherwise > 0,
      },
    ],
    mistakes,
  )
}

export function comparisonTable({ comparison }: RunSummary): Markup {
  if (comparison === null) return NOTHING
  const { rows, reference, learned } = comparison
  const policies = table(
    [
      { title: 'policy', text: true, cell: policyName },
      { title: 'penalized', cell: ({ penalizedLatencyMs }) => formatMs(penalizedLatencyMs) },
      { title: 'mean', cell: ({ meanLatencyMs }) => formatMs(meanLatencyMs) },
      { title: 'p95', cell: ({ p95LatencyMs }) => formatMs(p95LatencyMs) },
      { title: 'p99', cell: ({ p99LatencyMs }) => formatMs(p99LatencyMs) },
      failedColumn(),
      { title: 'reward', cell: ({ meanReward }) => formatScore(meanReward) },
      { title: 'ratio', cell: ({ ratio }) => formatRatio(ratio) },
      {
        title: '95% interval',
        cell: ({ policy, ratioLow, ratioHigh }) =>
          policy === reference ? 'reference' : formatRatioInterval(ratioLow, ratioHigh),
      },
    ],
    rows,
    ({ policy }) => policy === learned,
  )
  return html`<p class="caption">${LATENCY_NOTE}</p>\n${policies}`
}

/** A word on a coloured pill; the word alone tells, the colour only helps. */
function badge(good: boolean, word: string): Markup {
  return html`<span class="badge ${good ? 'good' : 'bad'}">${good ? '✓' : '✗'} ${word}</span>`
}

function failedColumn<Row extends { readonly errorRate: number }>(): Column<Row> {
  return {
    title: 'failed',
    cell: ({ errorRate }) => formatPercent(errorRate),
    bad: ({ errorRate }) => errorRate > 0,
  }
}

function latencyColumns<Row extends { readonly latency: LatencySummary }>(): Column<Row>[] {
  const keys = {
    mean: 'meanMs',
    p50: 'p50Ms',
    p90: 'p90Ms',
    p95: 'p95Ms',
    p99: 'p99Ms',
    'p99.9': 'p999Ms',
  } as const
  return Object.entries(keys).map(([title, key]) => ({
    title,
    cell: ({ latency }) => formatMs(latency[key]),
  }))
}

/** Beside the latencies, where they are known at all: in live runs. */
function serviceColumns<Row extends { readonly serviceTime: LatencySummary | null }>(
  rows: readonly Row[],
): Column<Row>[] {
  if (rows.every(({ serviceTime }) => serviceTime === null)) return []
  const keys = { 'p50 from send': 'p50Ms', 'p99 from send': 'p99Ms' } as const
  return Object.entries(keys).map(([title, key]) => ({
    title,
    cell: ({ serviceTime }) => formatMs(serviceTime?.[key] ?? Number.NaN),
  }))
}
