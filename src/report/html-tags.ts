/** What scripts say of their own requests, as tables of the HTML report. */
import type { RunSummary } from '../study/index.ts'
import { formatMs, formatNumber, formatPercent } from './format.ts'
import type { Markup } from './html.ts'
import { table } from './html-table.ts'
import { metricValues } from './terminal-tags.ts'

export function tagsTable({ tags }: RunSummary): Markup {
  return table(
    [
      { title: 'tag', text: true, cell: ({ tag }) => tag },
      { title: 'value', text: true, cell: ({ value }) => value },
      { title: 'requests', cell: ({ requests }) => formatNumber(requests) },
      {
        title: 'failed',
        cell: ({ errorRate }) => formatPercent(errorRate),
        bad: ({ errorRate }) => errorRate > 0,
      },
      { title: 'mean', cell: ({ latency }) => formatMs(latency.meanMs) },
      { title: 'p50', cell: ({ latency }) => formatMs(latency.p50Ms) },
      { title: 'p95', cell: ({ latency }) => formatMs(latency.p95Ms) },
      { title: 'p99', cell: ({ latency }) => formatMs(latency.p99Ms) },
    ],
    tags,
  )
}

export function metricsTable({ metrics }: RunSummary): Markup {
  return table(
    [
      { title: 'metric', text: true, cell: ({ name }) => name },
      { title: 'type', text: true, cell: ({ type }) => type },
      { title: 'values', cell: ({ count }) => formatNumber(count) },
      { title: 'what they came to', text: true, cell: metricValues },
    ],
    metrics,
  )
}
