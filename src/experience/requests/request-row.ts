/**
 * A finished request as a row of numbers, of fixed length: what the request log takes on the hot path. Names stand in it
 * as their places in a dictionary; the trace id, of 32 hex digits, as four words of 32 bits.
 *
 * Nothing is imported here: the thread that reads the rows is to start at once, with little.
 */

/** Places in the row. */
export const REQUEST_ROW = {
  session: 0,
  phase: 1,
  profile: 2,
  action: 3,
  service: 4,
  intendedMs: 5,
  startMs: 6,
  latencyMs: 7,
  attempts: 8,
  status: 9,
  failure: 10,
  detail: 11,
  mistake: 12,
  tags: 13,
  /** NaN where it is not known. */
  bytes: 14,
  /** 1 or 0. */
  expected: 15,
  /** Four words. */
  trace: 16,
} as const

export const REQUEST_ROW_NUMBERS = 20

/** A name, the tags of a request, or null for none. */
export type Named = string | object | null

/** What the other end must be told before it reads a row: `names`, from the place `from` on. */
export interface NewNames {
  readonly from: number
  readonly names: readonly Named[]
}

/** What the thread is told when it starts: the file to make, and the names of the phases. */
export interface RequestLogStart {
  readonly file: string
  readonly phases: readonly string[]
}
