/** Troubles with a time and a place in the file: which of them hold together, and which contradict each other. */
import { formatPath } from '../problems.ts'
import { SERVICES } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'
import type { Trouble, TroubleKind } from './trouble.ts'

export interface TimedTrouble extends Trouble {
  readonly startMs: number
  readonly endMs: number
}

export interface StatedTrouble extends TimedTrouble {
  /** Where it is stated. */
  readonly path: FieldPath
}

/** Kinds of trouble, with the amount that is none. */
const HARMLESS: Readonly<Record<TroubleKind, number>> = { latency: 1, errors: 0, timeouts: 0 }
const KINDS = Object.keys(HARMLESS) as TroubleKind[]

/** One trouble of a kind per service and time: where two statements overlap, the worse one holds. */
export function mergeTroubles(stated: readonly TimedTrouble[]): TimedTrouble[] {
  return SERVICES.flatMap((service) =>
    KINDS.flatMap((kind) =>
      mergeAlike(
        stated.filter((one) => one.service === service && one.kind === kind && one.amount !== HARMLESS[kind]),
      ),
    ),
  )
}

/** @param alike of one service and one kind */
function mergeAlike(alike: readonly TimedTrouble[]): TimedTrouble[] {
  const times = [...new Set(alike.flatMap(({ startMs, endMs }) => [startMs, endMs]))].sort((a, b) => a - b)
  const merged: TimedTrouble[] = []
  for (const [i, startMs] of times.slice(0, -1).entries()) {
    const active = alike.filter((one) => one.startMs <= startMs && startMs < one.endMs)
    if (active.length === 0) continue
    const worst = active.reduce((a, b) => (b.amount > a.amount ? b : a))
    const last = merged.at(-1)
    const joined = last?.endMs === startMs && last.amount === worst.amount
    if (joined) merged.pop()
    merged.push({ ...worst, startMs: joined ? last.startMs : startMs, endMs: times[i + 1]! })
  }
  return merged
}

/** Requests that end in an error do not end in a timeout: both together cannot be more than there are. */
export function checkTroubles(file: ForeignFile, stated: readonly StatedTrouble[]): void {
  for (const [index, later] of stated.entries()) {
    const earlier = stated.slice(0, index).find((one) => contradict(one, later))
    if (earlier === undefined) continue
    const taken = Number((earlier.amount + later.amount).toPrecision(6))
    file.problems.add(
      file.document,
      later.path,
      `contradicts ${formatPath(earlier.path)}: errors and timeouts together take ${taken} of every request ` +
        `of ${later.service}, at most 1 is there`,
    )
  }
}

function contradict(a: StatedTrouble, b: StatedTrouble): boolean {
  const meet = a.service === b.service && a.startMs < b.endMs && b.startMs < a.endMs
  return meet && a.kind !== b.kind && ![a.kind, b.kind].includes('latency') && a.amount + b.amount > 1 + 1e-9
}
