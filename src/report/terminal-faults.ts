/** The sections of the terminal summary that a run with trouble has: what retries came to, and what each fault did. */
import type { FaultWindowSummary, RunSummary } from '../study/index.ts'
import { formatClock, formatCount, formatMs, formatNumber, formatPercent } from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

/** More than this would hide the rest of the summary; `report.html` has all. */
const MOST_ROWS = 15

/** Nothing where every request was sent once. */
export function retriesSection({ retries }: RunSummary): string[] {
  const { requests, attempts, retried, recovered, hedged } = retries
  if (attempts <= requests) return []
  const each = formatNumber(attempts / requests, 3)
  return [
    `  ${formatCount(attempts, 'attempt')} at ${formatCount(requests, 'request')}, ${each} each`,
    ...(retried > 0
      ? [
          `  ${formatCount(retried, 'request')} sent again ${formatCount(retries.retries, 'time')}; ` +
            `${formatPercent(recovered / retried)} of them ended well`,
        ]
      : []),
    ...(hedged > 0 ? [`  ${formatCount(hedged, 'request')} sent twice because the answer was late`] : []),
  ]
}

export function faultsSection({ faults, outsideFaults }: RunSummary, style: Style): string[] {
  if (outsideFaults === null) return []
  const rows = faults
    .slice(0, MOST_ROWS)
    .map((fault) => [
      `${formatClock(fault.startMs)}-${formatClock(fault.endMs)}`,
      fault.what,
      fault.where,
      ...metCells(fault),
    ])
  const titles = columns(['when', 'fault', 'where'], ['requests', 'failed', 'p95'])
  const without = ['', 'no fault at work', '', ...metCells(outsideFaults)]
  const more = faults.length - MOST_ROWS
  return [
    ...textTable(titles, [...rows, without], style),
    ...(more > 0 ? [style.dim(`  and ${formatCount(more, 'more fault')} in report.html`)] : []),
  ]
}

function metCells({ requests, errorRate, p95Ms }: FaultWindowSummary): string[] {
  return [formatNumber(requests), formatPercent(errorRate), formatMs(p95Ms)]
}
