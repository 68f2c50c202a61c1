/**
 * Tables of requests as text (RFC 4180; commas, semicolons or tabs): a header, and one line per request. A quoted cell
 * may hold separators, but no line break: a trace has none.
 */
import type { LineReader } from './trace-line.ts'
import { traceTime } from './trace-time.ts'

/** The names that a column may have, in letters and digits only. */
const COLUMNS = {
  time: ['timestamp', 'time', 'datetime', 'date', 'ts', 'epoch', 'seconds', 's'],
  timeMs: ['ms', 'timestampms', 'timems', 'epochms', 'tsms', 'intendedms', 'startms', 'milliseconds'],
  method: ['method', 'verb', 'httpmethod', 'requestmethod'],
  path: ['path', 'url', 'uri', 'requestpath', 'requesturi'],
  service: ['service'],
  session: ['session', 'sessionid'],
} as const
const SEPARATORS = [',', ';', '\t']
const IN_SECONDS = 1000
const IN_MS = 1

interface Columns {
  readonly time: number
  /** What small numbers in it count. */
  readonly smallUnitMs: number
  readonly method: number
  readonly path: number
  readonly service: number
  readonly session: number
}

/** A reader for the lines below a header; undefined if it names no time. */
export function csvReader(header: string): LineReader | undefined {
  const separator = SEPARATORS.reduce((best, one) => (count(header, one) > count(header, best) ? one : best))
  const columns = columnsOf(cellsOf(header.replace(/^\uFEFF/, ''), separator))
  if (columns === undefined) return undefined
  const { time, smallUnitMs, method, path, service, session } = columns
  return (text, line) => {
    const cells = cellsOf(text, separator)
    const cell = (column: number): string => cells[column]?.trim() ?? ''
    const read = traceTime(cell(time), smallUnitMs)
    if (read === undefined) return `no time: "${cell(time).slice(0, 40)}"`
    line.ms = read.ms
    line.relative = read.relative
    line.session = cell(session)
    line.path = cell(path)
    line.method = line.path === '' ? '' : cell(method).toUpperCase() || 'GET'
    line.service = cell(service)
    return undefined
  }
}

/** What a header must have, for a message. */
export const CSV_TIME_COLUMNS = 'timestamp, time, ms or epoch'

function columnsOf(names: readonly string[]): Columns | undefined {
  const plain = names.map((name) => name.toLowerCase().replaceAll(/[^a-z\d]/g, ''))
  const find = (known: readonly string[]): number => plain.findIndex((name) => known.includes(name))
  const [anyTime, timeMs] = [find(COLUMNS.time), find(COLUMNS.timeMs)]
  if (anyTime < 0 && timeMs < 0) return undefined
  return {
    time: anyTime < 0 ? timeMs : anyTime,
    smallUnitMs: anyTime < 0 ? IN_MS : IN_SECONDS,
    method: find(COLUMNS.method),
    path: find(COLUMNS.path),
    service: find(COLUMNS.service),
    session: find(COLUMNS.session),
  }
}

function cellsOf(text: string, separator: string): string[] {
  return text.includes('"') ? quotedCells(text, separator) : text.split(separator)
}

function quotedCells(text: string, separator: string): string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!
    if (letter === '"') {
      // Two in a row within quotes are one that is meant.
      if (quoted && text[i + 1] === '"') cell += text[i++]
      else quoted = !quoted
    } else if (letter === separator && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += letter
  }
  return [...cells, cell]
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1
}
