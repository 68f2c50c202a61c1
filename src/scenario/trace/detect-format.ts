/** Which format a trace has, by its first lines. */
import { csvReader } from './read-csv.ts'
import { readRequestRecord } from './read-request-record.ts'
import type { TraceFormat } from './trace.ts'
import { emptyLine } from './trace-line.ts'
import { loggedTime } from './trace-time.ts'

/** @param lines the first ones of the file; several, since a log may begin in the middle of a line */
export function detectFormat(lines: readonly string[]): TraceFormat | undefined {
  const line = emptyLine()
  if (lines.some((text) => text.startsWith('{') && readRequestRecord(text, line) === undefined)) {
    return 'requests-jsonl'
  }
  if (lines.some((text) => loggedTime(text) !== undefined)) return 'access-log'
  return lines[0] !== undefined && csvReader(lines[0]) !== undefined ? 'csv' : undefined
}
