/**
 * Training and validation split by time: of every run the last decisions are for validation.
 *
 * Neighbouring decisions see nearly the same state, so rows split at random would leak from one side to the other.
 */
import type { DecisionLog } from './decision-log.ts'

const VALIDATION_SHARE = 0.2

export interface DataSplit {
  /** Row numbers of the log, in the order of time within each run. */
  readonly training: Uint32Array
  readonly validation: Uint32Array
}

/** The last 20 % of each run's decisions, by time, are the validation split. */
export function splitByTime(log: DecisionLog): DataSplit {
  const { run, timeMs } = log
  const rowsOfRun = new Map<number, number[]>()
  for (let row = 0; row < log.length; row++) {
    const rows = rowsOfRun.get(run[row]!)
    if (rows === undefined) rowsOfRun.set(run[row]!, [row])
    else rows.push(row)
  }
  const training: number[] = []
  const validation: number[] = []
  for (const rows of rowsOfRun.values()) {
    // Lines are written when the answer comes, so they are nearly but not quite in the order of decisions.
    rows.sort((a, b) => timeMs[a]! - timeMs[b]! || a - b)
    const cut = Math.ceil(rows.length * (1 - VALIDATION_SHARE))
    for (let i = 0; i < rows.length; i++) (i < cut ? training : validation).push(rows[i]!)
  }
  return { training: Uint32Array.from(training), validation: Uint32Array.from(validation) }
}
