/** What a reader of one format says of a line. One object is filled again and again: a trace may have ten million. */

export interface TraceLine {
  ms: number
  /** Whether `ms` counts from the start of something, and not since 1970. */
  relative: boolean
  /** Of the session that the line belongs to; empty where the trace names none. */
  session: string
  /** Empty where the line names no request, or one that makes no sense. */
  method: string
  service: string
  path: string
}

/** Fills the line; what is wrong with it, in few words, if it cannot be read. */
export type LineReader = (text: string, line: TraceLine) => string | undefined

export function emptyLine(): TraceLine {
  return { ms: Number.NaN, relative: false, session: '', method: '', service: '', path: '' }
}
