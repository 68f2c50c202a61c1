/**
 * Which part of a run a decision belongs to: by the session that caused it, or by its time; never by itself.
 *
 * Neighbouring decisions see nearly the same state and are often caused by the same user: rows that are dealt out one by
 * one would leak from one part to the others, and what is learned from one would look good on the other for nothing.
 */
import { DataError, keyedUniform, keyOf } from '../../core/index.ts'
import type { RecordedRun } from '../read-records.ts'
import type { ExperienceRecord } from '../record.ts'
import { type RequestLine, sessionsOf } from './session-index.ts'

export const DIVISIONS = ['session', 'time'] as const
export type Division = (typeof DIVISIONS)[number]

/** Of a sample by time: so long are the pieces that are in it or not. */
const BLOCK_MS = 60_000

/** Numbers of parts, from 0; -1 for none. */
export interface Chooser {
  partOf(record: ExperienceRecord): number
  partOfRequest(request: RequestLine): number
}

/**
 * Parts of the given shares. By session, every session is dealt to a part by the seed, and its size shows only then; by
 * time, the parts follow each other and have their shares of the decisions.
 *
 * @param shares sum to 1
 */
export function partsOf(
  run: RecordedRun,
  division: Division,
  shares: readonly number[],
  seed: number,
): Chooser {
  if (division === 'time') return byTime(cutsOf(run, shares))
  // Shares such as 0.1 do not quite sum to 1: the last part takes what is left, so that nothing is lost.
  return bySession(run, shares.with(-1, 1), seed)
}

/** Part 0 is the sample: whole sessions, or whole minutes. */
export function sampleOf(run: RecordedRun, division: Division, share: number, seed: number): Chooser {
  if (division === 'session') return bySession(run, [share], seed)
  const partOf = (timeMs: number) => dealt(`${seed}/block/${Math.floor(timeMs / BLOCK_MS)}`, [share])
  return { partOf: ({ t }) => partOf(t), partOfRequest: ({ startMs }) => partOf(startMs) }
}

function bySession(run: RecordedRun, shares: readonly number[], seed: number): Chooser {
  const sessions = sessionsOf(run)
  return {
    // A request that did not end before the run did is not on record: it is its own session.
    partOf: ({ trace }) => dealt(`${seed}/${sessions.sessionOf(trace) ?? trace}`, shares),
    partOfRequest: ({ session }) => dealt(`${seed}/${session}`, shares),
  }
}

function dealt(key: string, shares: readonly number[]): number {
  let left = keyedUniform(keyOf(key), 0)
  return shares.findIndex((share) => (left -= share) < 0)
}

function byTime(cuts: Float64Array): Chooser {
  const partOf = (timeMs: number) => cuts.findLastIndex((cut) => timeMs >= cut)
  return { partOf: ({ t }) => partOf(t), partOfRequest: ({ startMs }) => partOf(startMs) }
}

/** When each part begins. */
function cutsOf(run: RecordedRun, shares: readonly number[]): Float64Array {
  const pieces: Float64Array[] = []
  let rows = 0
  for (const batch of run.columns()) {
    pieces.push(batch.columns.timeMs.slice())
    rows += batch.rows
  }
  if (rows === 0) throw new DataError(`${run.file}: no usable record: there is nothing to divide`)
  const times = new Float64Array(rows)
  for (let at = 0; pieces.length > 0; ) {
    const piece = pieces.shift()!
    times.set(piece, at)
    at += piece.length
  }
  times.sort()
  let before = 0
  return Float64Array.from(shares, (share, part) => {
    const cut = part === 0 ? Number.NEGATIVE_INFINITY : times[Math.min(rows - 1, Math.round(before * rows))]!
    before += share
    return cut
  })
}
