/** The part of a plan that tells of trouble: the faults that are to come, and what the users' client does about them. */
import type { Scenario } from '../scenario/index.ts'
import { formatClock, formatCount, formatDuration, formatPercent } from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

/** One fault or one wave of them, in words. */
export interface PlannedFault {
  readonly startMs: number
  readonly endMs: number
  /** `latency factor=4`. */
  readonly what: string
  /** `cart-service (all 3)`. */
  readonly where: string
}

/** More than this would push the rest of the plan off the screen. */
const MOST_ROWS = 12

export function faultRows(faults: readonly PlannedFault[], style: Style): string[] {
  if (faults.length === 0) return []
  const rows = faults
    .slice(0, MOST_ROWS)
    .map(({ startMs, endMs, what, where }) => [`${formatClock(startMs)}-${formatClock(endMs)}`, what, where])
  const more = faults.length - MOST_ROWS
  return [
    '',
    ...textTable(columns(['when', 'fault', 'where'], []), rows, style),
    ...(more > 0 ? [style.dim(`  and ${more} more`)] : []),
  ]
}

/** `3 faults, 1 chaos wave`; empty where nothing goes wrong. */
export function faultCounts({ faults, chaos }: Pick<Scenario, 'faults' | 'chaos'>): string {
  const counts = [
    faults.length > 0 ? formatCount(faults.length, 'fault') : '',
    chaos.length > 0 ? formatCount(chaos.length, 'chaos wave') : '',
  ]
  return counts.filter((count) => count !== '').join(', ')
}

/** Retries and hedging in words; empty where every request is sent once. */
export function clientText({ timeoutMs, retries, hedgeAfterMs }: Scenario['client']): string {
  const again = retries.most > 0 ? [retriesText(retries)] : []
  const hedged =
    hedgeAfterMs === null ? [] : [`a late GET is sent twice after ${formatDuration(hedgeAfterMs)}`]
  if (again.length + hedged.length === 0) return ''
  return [`gives up after ${formatDuration(timeoutMs)}`, ...again, ...hedged].join('; ')
}

function retriesText({
  most,
  backoffMs,
  maxBackoffMs,
  jitter,
  budget,
  unsafe,
}: Scenario['client']['retries']) {
  const wait =
    maxBackoffMs > backoffMs
      ? `${formatDuration(backoffMs)} doubling to ${formatDuration(maxBackoffMs)}`
      : formatDuration(maxBackoffMs)
  return [
    `up to ${formatCount(most, 'retry', 'retries')} after ${wait}${jitter === 'full' ? ' (full jitter)' : ''}`,
    budget === null ? 'no budget' : `budget ${formatPercent(budget, 0)} of the requests`,
    ...(unsafe ? ['POST too'] : []),
  ].join(', ')
}
