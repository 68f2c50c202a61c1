/** What the HTML report tells of trouble in tables: what each fault did, and what retries and hedges came to. */
import type { FaultSummary, FaultWindowSummary, RunSummary } from '../study/index.ts'
import { formatClock, formatMs, formatNumber, formatPercent } from './format.ts'
import { html, type Markup, NOTHING } from './html.ts'
import { table } from './html-table.ts'

/** Enough to read; `summary.json` has all. */
const MOST_ROWS = 200

interface Row {
  readonly when: string
  readonly what: string
  readonly where: string
  readonly met: FaultWindowSummary
}

/** One row per fault, and one for the times without any. The numbers are those of the bands in the charts. */
export function faultsTable({ faults, outsideFaults }: RunSummary): Markup {
  if (outsideFaults === null) return NOTHING
  const without = { when: '', what: 'no fault at work', where: '', met: outsideFaults }
  const rows = [...faults.slice(0, MOST_ROWS).map(faultRow), without]
  const worse = ({ met }: Row): boolean => met.errorRate > outsideFaults.errorRate
  const more = faults.length - MOST_ROWS
  const rest =
    more > 0 ? html`<p class="caption">and ${formatNumber(more)} more in summary.json</p>` : NOTHING
  return html`<p class="caption">Requests that users wanted while the fault was at work, whatever else was.</p>
${table<Row>(
  [
    { title: 'fault', text: true, cell: ({ what }) => what },
    { title: 'when', text: true, cell: ({ when }) => when },
    { title: 'where', text: true, cell: ({ where }) => where },
    { title: 'requests', cell: ({ met }) => formatNumber(met.requests) },
    { title: 'failed', cell: ({ met }) => formatPercent(met.errorRate), bad: worse },
    { title: 'p95', cell: ({ met }) => formatMs(met.p95Ms) },
  ],
  rows,
  ({ met }) => met === outsideFaults,
)}${rest}`
}

function faultRow(fault: FaultSummary, index: number): Row {
  const { what, where, startMs, endMs } = fault
  return {
    when: `${formatClock(startMs)}–${formatClock(endMs)}`,
    what: `${index + 1} ${what}`,
    where,
    met: fault,
  }
}

/** Nothing where every request was sent once. */
export function retriesTable({ retries }: RunSummary): Markup {
  const { requests, attempts, retried, recovered, hedged } = retries
  if (attempts <= requests) return NOTHING
  return table<RunSummary['retries']>(
    [
      { title: 'requests', cell: () => formatNumber(requests) },
      { title: 'attempts', cell: () => formatNumber(attempts) },
      { title: 'per request', cell: () => formatNumber(attempts / requests, 3) },
      { title: 'sent again', cell: () => formatNumber(retried) },
      { title: 'retries', cell: () => formatNumber(retries.retries) },
      { title: 'ended well', cell: () => formatPercent(recovered / retried) },
      { title: 'hedged', cell: () => formatNumber(hedged) },
    ],
    [retries],
  )
}
