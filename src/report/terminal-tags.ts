/** What scripts say of their own requests, in the terminal: a row for every value of a tag, a line for every metric. */
import type { RunSummary } from '../study/index.ts'
import { formatMs, formatNumber, formatPercent, formatValue } from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

export function tagsSection({ tags }: RunSummary, style: Style): string[] {
  if (tags.length === 0) return []
  return textTable(
    columns(['tag', 'value'], ['requests', 'failed', 'mean', 'p50', 'p95', 'p99']),
    tags.map(({ tag, value, requests, errorRate, latency }) => [
      tag,
      value,
      formatNumber(requests),
      errorRate > 0 ? style.bad(formatPercent(errorRate)) : formatPercent(errorRate),
      ...[latency.meanMs, latency.p50Ms, latency.p95Ms, latency.p99Ms].map(formatMs),
    ]),
    style,
  )
}

export function metricsSection({ metrics }: RunSummary, style: Style): string[] {
  if (metrics.length === 0) return []
  return textTable(
    columns(['metric', '', 'values'], ['measured']),
    metrics.map((metric) => [metric.name, metric.type, metricValues(metric), formatNumber(metric.count)]),
    style,
  )
}

/** `mean 3.50  p95 9.00`. */
export function metricValues({ type, statistics }: RunSummary['metrics'][number]): string {
  const format = type === 'rate' ? formatPercent : formatValue
  return Object.entries(statistics)
    .map(([name, value]) => (type === 'rate' ? format(value) : `${name} ${format(value)}`))
    .join('  ')
}
