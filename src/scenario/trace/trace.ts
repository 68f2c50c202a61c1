/**
 * A trace: when requests came to a real system, as a file tells it. A scenario refers to it and does not hold it, so
 * that it stays small, plain and readable; whoever needs the times loads them by that reference (`load-trace.ts`).
 */

/**
 * requests-jsonl: `requests.jsonl` of a run of ours. csv: a header and one line per request. access-log: the common
 * and the combined log format of Apache, nginx and others.
 */
export const TRACE_FORMATS = ['requests-jsonl', 'csv', 'access-log'] as const
export type TraceFormat = (typeof TRACE_FORMATS)[number]

/**
 * What stands behind a time of a replay. sessions: a session of ours starts whenever one of the trace did (where the
 * trace names none, whenever a request came). requests: the requests of the trace themselves are sent.
 */
export type TraceUse = 'sessions' | 'requests'

/** All that a resolved scenario holds of a trace. */
export interface TraceReference {
  /** Absolute. Where a trace lies is no part of what a scenario is: hashes leave it out. */
  readonly file: string
  readonly format: TraceFormat
  readonly use: TraceUse
  /** SHA-256 of the content, of a compressed file that of what was compressed. */
  readonly sha256: string
  /** Sessions or requests that start. */
  readonly starts: number
  /** Time of the first line, in ms since 1970; null where times are counted from the start of something. */
  readonly firstEpochMs: number | null
  /** From the beginning to the last start, at the speed of the trace. */
  readonly durationMs: number
}

/** A request as far as logs tell it: bodies and tokens are not in them. */
export interface TraceRequest {
  /** In capitals, any method there is. */
  readonly method: string
  /** Full name of a service of the shop, or of another target's; empty if the path says it all. */
  readonly service: string
  /** With its query, beginning with a slash. */
  readonly path: string
}

/** The times of a trace, in order, and what came at each. */
export interface TraceTimes {
  /** Ms from the beginning: of the first start, or what the times of the trace are counted from. */
  readonly atMs: Float64Array
  /** Place in `requests` of what came at each time; empty where sessions start. */
  readonly request: Uint32Array
  /** All that differ, once each. */
  readonly requests: readonly TraceRequest[]
}
