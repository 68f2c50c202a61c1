/** The sections of the terminal summary that every run can have. An empty list is a section with nothing to tell. */
import type { LatencySummary, RunSummary } from '../study/index.ts'
import {
  detailsText,
  formatClock,
  formatCount,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
  formatScore,
  formatUsers,
} from './format.ts'
import { anyPlanned, START_COLUMNS } from './phase-starts.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'
import { thresholdValue } from './verdict.ts'

type Section = (summary: RunSummary, style: Style) => string[]

const LATENCY_TITLES = ['mean', 'p50', 'p95', 'p99']

export const checksSection: Section = ({ checks }, style) =>
  textTable(
    columns(['', ''], ['', '', '']),
    checks.map(({ name, passes, fails }) => [
      mark(fails === 0, style),
      name,
      formatPercent(passes / (passes + fails)),
      `${formatNumber(passes)} passed`,
      fails === 0 ? '' : style.bad(`${formatNumber(fails)} failed`),
    ]),
    style,
  )

export const totalsSection: Section = (summary, style) => {
  const { sessions } = summary
  return textTable(
    columns(['', '', ''], []),
    [
      ['requests', formatNumber(summary.requests), formatRate(summary.requestsPerSecond)],
      ['failed', errorRate(summary.errorRate, style), ''],
      [
        'sessions',
        formatNumber(sessions.started),
        // Flows place no orders.
        Number.isFinite(sessions.conversionRate)
          ? `${formatNumber(sessions.completed)} completed, ${formatPercent(sessions.conversionRate)} of them with an order`
          : `${formatNumber(sessions.completed)} completed`,
      ],
    ],
    style,
  )
}

export const latencySection: Section = ({ latency, serviceTime }, style) => {
  const row = (
    name: string,
    { minMs, meanMs, p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs }: LatencySummary,
  ) => [name, ...[minMs, meanMs, p50Ms, p90Ms, p95Ms, p99Ms, p999Ms, maxMs].map(formatMs)]
  return textTable(
    columns(['from'], ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max']),
    [row('intended start', latency), row('send', serviceTime)],
    style,
  )
}

export const actionsSection: Section = ({ byAction }, style) =>
  byAction.length === 0
    ? []
    : textTable(
        columns(['action'], ['requests', 'failed', ...LATENCY_TITLES, ...serviceTitles(byAction)]),
        byAction.map((action) => [
          action.action,
          formatNumber(action.requests),
          errorRate(action.errorRate, style),
          ...latencyCells(action.latency),
          ...serviceCells(action, byAction),
        ]),
        style,
      )

export const servicesSection: Section = ({ services }, style) => {
  if (services.length === 0) return []
  // A column that is nearly always 0 is not worth its place.
  const anyShed = services.some(({ sheds }) => sheds > 0)
  return textTable(
    columns(['service'], ['decisions', ...(anyShed ? ['shed'] : []), 'failed', ...LATENCY_TITLES]),
    services.map((service) => [
      service.service,
      formatNumber(service.decisions),
      ...(anyShed ? [formatNumber(service.sheds)] : []),
      errorRate(service.errorRate, style),
      ...latencyCells(service.latency),
    ]),
    style,
  )
}

export const instancesSection: Section = ({ services }, style) => {
  const rows = services.flatMap((service) =>
    service.instances.map((instance) => [
      instance.instance,
      formatNumber(instance.decisions),
      formatPercent(instance.share, 1),
      errorRate(instance.errorRate, style),
      formatMs(instance.meanLatencyMs),
    ]),
  )
  if (rows.length === 0) return []
  return textTable(columns(['instance'], ['decisions', 'share', 'failed', 'mean']), rows, style)
}

export const phasesSection: Section = (summary, style) => {
  const { phases } = summary
  if (phases.length === 0) return []
  const starts = anyPlanned(summary) ? START_COLUMNS : []
  return textTable(
    columns(
      ['phase', 'window'],
      ['users', ...starts.map(({ title }) => title), 'requests', 'rate', 'failed', ...LATENCY_TITLES],
    ),
    phases.map((phase) => [
      phase.name,
      `${formatClock(phase.startMs)}-${formatClock(phase.endMs)}`,
      formatUsers(phase.meanUsers, phase.plannedUsers),
      ...starts.map(({ cell, bad }) => (bad?.(phase) ? style.bad(cell(phase)) : cell(phase))),
      formatNumber(phase.requests),
      formatRate(phase.requestsPerSecond),
      errorRate(phase.errorRate, style),
      ...latencyCells(phase.latency),
    ]),
    style,
  )
}

export const failuresSection: Section = ({ failures, failureDetails, requests }, style) => {
  const rows = Object.entries(failures)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => [
      kind,
      formatNumber(count),
      `${formatPercent(count / requests)} of requests`,
      detailsText(failureDetails[kind] ?? {}),
    ])
  return textTable([...columns([''], ['', '']), ...columns([''], [])], rows, style)
}

export const mistakesSection: Section = ({ mistakes }, style) =>
  mistakes.length === 0
    ? []
    : textTable(
        columns(['mistake'], ['made', 'refused', 'otherwise']),
        mistakes.map(({ mistake, made, refused, otherwise }) => [
          mistake,
          formatNumber(made),
          formatNumber(refused),
          otherwise === 0 ? formatNumber(0) : style.bad(formatNumber(otherwise)),
        ]),
        style,
      )

export const experienceSection: Section = ({ experience }, style) => {
  const { decisions, recorded, meanReward, meanRewards } = experience
  if (decisions === 0) return []
  const lines = [`  ${formatCount(decisions, 'routing decision')}, ${formatNumber(recorded)} recorded`]
  if (meanReward === null) return lines
  const parts = Object.entries(meanRewards ?? {}).map(([part, value]) => `${part} ${formatScore(value)}`)
  const detail = parts.length === 0 ? '' : style.dim(`  (${parts.join(', ')})`)
  return [...lines, `  mean reward ${formatScore(meanReward)}${detail}`]
}

export const thresholdsSection: Section = ({ thresholds }, style) =>
  textTable(
    columns(['', '', ''], []),
    thresholds.map((threshold) => {
      const value = thresholdValue(threshold)
      return [
        mark(threshold.passed, style),
        `${threshold.metric} ${threshold.condition}`,
        threshold.passed ? value : style.bad(value),
      ]
    }),
    style,
  )

function latencyCells({ meanMs, p50Ms, p95Ms, p99Ms }: LatencySummary): string[] {
  return [meanMs, p50Ms, p95Ms, p99Ms].map(formatMs)
}

interface Served {
  readonly serviceTime: LatencySummary | null
}

/** Beside the latencies, where they are known at all: in live runs. */
function serviceTitles(rows: readonly Served[]): string[] {
  return rows.some(({ serviceTime }) => serviceTime !== null) ? ['p50 from send', 'p99'] : []
}

function serviceCells({ serviceTime }: Served, rows: readonly Served[]): string[] {
  if (serviceTitles(rows).length === 0) return []
  return [serviceTime?.p50Ms ?? Number.NaN, serviceTime?.p99Ms ?? Number.NaN].map(formatMs)
}

function errorRate(rate: number, style: Style): string {
  return rate > 0 ? style.bad(formatPercent(rate)) : formatPercent(rate)
}

function mark(passed: boolean, style: Style): string {
  return passed ? style.good('✓') : style.bad('✗')
}
