/**
 * A trace from its file: times in order, in bounded memory. What cannot be read is counted and named, what goes back in
 * time is sorted, and whole seconds are filled; all of that is said.
 */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import path from 'node:path'
import { ConfigError, DataError, type Line, readLines } from '../../core/index.ts'
import { detectFormat } from './detect-format.ts'
import { GrowingTimes } from './growing-times.ts'
import { readAccessLogLine } from './read-access-log.ts'
import { CSV_TIME_COLUMNS, csvReader } from './read-csv.ts'
import { readRequestRecord } from './read-request-record.ts'
import { isSorted, sortTimes } from './sort-times.ts'
import { spreadSeconds } from './spread-seconds.ts'
import type { TraceFormat, TraceReference, TraceTimes, TraceUse } from './trace.ts'
import { emptyLine, type LineReader, type TraceLine } from './trace-line.ts'
import { TraceProblems } from './trace-problems.ts'
import { TraceRequests } from './trace-requests.ts'

/** Lines by which a format is told. */
const LOOKED_AT = 20
/** No `Map` holds more. */
const MOST_SESSIONS = 16_000_000

export interface ReadTrace {
  readonly reference: TraceReference
  readonly times: TraceTimes
  readonly warnings: readonly string[]
}

export interface TraceOptions {
  /** By default what the content looks like. */
  readonly format?: TraceFormat | undefined
  readonly use: TraceUse
}

/** @throws ConfigError if the file cannot be read, has no line that can, or nothing to replay */
export function readTrace(file: string, { format: told, use }: TraceOptions): ReadTrace {
  const hash = createHash('sha256')
  const lines = linesOf(file, (bytes) => hash.update(bytes))
  const first = takeFirst(lines)
  if (first.length === 0) throw new ConfigError(`${file}: expected a trace, got an empty file`)
  const format = told ?? detectFormat(first.map(({ text }) => text))
  if (format === undefined) throw unknownFormat(file, first[0]!.text)
  const collector = new Collector(file, format, use)
  for (const line of first) collector.add(line)
  for (const line of lines) collector.add(line)
  const times = collector.times()
  const { atMs } = times
  return {
    times,
    reference: {
      file: path.resolve(file),
      format,
      use,
      sha256: hash.digest('hex'),
      starts: atMs.length,
      firstEpochMs: collector.firstEpochMs,
      durationMs: atMs[atMs.length - 1]!,
    },
    warnings: collector.warnings(),
  }
}

/** Without what CR LF leaves over. */
function* linesOf(file: string, onChunk: (bytes: Uint8Array) => void): Generator<Line> {
  try {
    if (statSync(file).isDirectory()) throw unreadable(file, 'is a directory')
    for (const line of readLines(file, onChunk)) {
      const text = line.text.trimEnd()
      if (text !== '') yield { ...line, text }
    }
  } catch (error) {
    if (error instanceof DataError) throw new ConfigError(error.message, { cause: error })
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw unreadable(file, code === 'ENOENT' ? 'no such file' : message)
  }
}

function unreadable(file: string, why: string): ConfigError {
  return new ConfigError(`${file}: ${why}: expected a trace (its path is relative to the scenario)`)
}

function takeFirst(lines: Generator<Line>): Line[] {
  const first: Line[] = []
  while (first.length < LOOKED_AT) {
    const next = lines.next()
    if (next.done === true) break
    first.push(next.value)
  }
  return first
}

function unknownFormat(file: string, first: string): ConfigError {
  return new ConfigError(
    `${file}:1: cannot tell what format this is ("${first.slice(0, 60)}"): expected lines of requests.jsonl, a CSV whose ` +
      `header names a time (${CSV_TIME_COLUMNS}), or an access log`,
  )
}

/** Takes the lines of a trace and keeps of each what a replay needs. */
class Collector {
  firstEpochMs: number | null = null
  readonly #file: string
  readonly #format: TraceFormat
  readonly #use: TraceUse
  readonly #line: TraceLine = emptyLine()
  readonly #times = new GrowingTimes()
  readonly #places = new GrowingTimes()
  readonly #sessions = new Map<string, number>()
  readonly #requests: TraceRequests
  readonly #problems: TraceProblems
  #read: LineReader | undefined
  #relative: boolean | undefined
  #latestMs = Number.NEGATIVE_INFINITY
  #wholeSeconds = true

  constructor(file: string, format: TraceFormat, use: TraceUse) {
    this.#file = file
    this.#format = format
    this.#use = use
    this.#requests = new TraceRequests(file)
    this.#problems = new TraceProblems(file)
    if (format === 'access-log') this.#read = readAccessLogLine
    if (format === 'requests-jsonl') this.#read = readRequestRecord
  }

  add({ text, number }: Line): void {
    if (this.#read === undefined) {
      this.#read = this.#headerReader(text)
      return
    }
    this.#problems.lines++
    const line = this.#line
    const wrong = this.#read(text, line) ?? this.#clockFault(line)
    if (wrong !== undefined) {
      this.#problems.unreadable(number, wrong)
      return
    }
    // Requests of a run of ours are written as they end; that they do not begin in that order is no fault of the file.
    if (line.ms < this.#latestMs && this.#format !== 'requests-jsonl') this.#problems.backwards(number)
    this.#latestMs = Math.max(this.#latestMs, line.ms)
    if (line.ms % 1000 !== 0) this.#wholeSeconds = false
    if (this.#use === 'requests') this.#addRequest(line)
    else this.#addStart(line)
  }

  /** All times, from the beginning of the trace and in order. */
  times(): TraceTimes {
    const { requests, leftOut } = this.#requests
    if (this.#times.length === 0) throw this.#problems.nothingRead(leftOut)
    const atMs = this.#times.values()
    const request = Uint32Array.from(this.#use === 'requests' ? this.#places.values() : [])
    if (!isSorted(atMs)) sortTimes(atMs, request)
    const beginMs = this.#relative === true ? 0 : atMs[0]!
    if (this.#relative === false) this.firstEpochMs = beginMs
    for (let i = 0; i < atMs.length; i++) atMs[i] = atMs[i]! - beginMs
    if (this.#isCoarse(atMs)) this.#problems.filledSeconds = spreadSeconds(atMs)
    return { atMs, request, requests }
  }

  warnings(): string[] {
    return this.#problems.warnings(this.#requests.leftOut)
  }

  /** A table of a few moments, no two within a second, means just these. */
  #isCoarse(atMs: Float64Array): boolean {
    if (!this.#wholeSeconds || this.#format === 'requests-jsonl') return false
    return this.#format === 'access-log' || atMs.some((time, i) => time === atMs[i - 1])
  }

  #headerReader(header: string): LineReader {
    const reader = csvReader(header)
    if (reader !== undefined) return reader
    throw new ConfigError(
      `${this.#file}:1: expected a header with a column for the time (${CSV_TIME_COLUMNS}), got "${header.slice(0, 60)}"`,
    )
  }

  /** Times since 1970 and times since the start of something do not go together. */
  #clockFault({ relative }: TraceLine): string | undefined {
    this.#relative ??= relative
    if (relative === this.#relative) return undefined
    return relative
      ? 'its time does not count since 1970 as the others do'
      : 'its time counts since 1970, unlike the others'
  }

  #addRequest(line: TraceLine): void {
    const place = this.#requests.placeOf(line)
    if (place === undefined) return
    this.#times.push(line.ms)
    this.#places.push(place)
  }

  /** A session starts with the first of its requests. */
  #addStart({ ms, session }: TraceLine): void {
    // A part of a line would keep all of it in memory; what is put together anew does not.
    const key = `session ${session}`
    const known = session === '' ? undefined : this.#sessions.get(key)
    if (known !== undefined) {
      this.#times.lower(known, ms)
      return
    }
    if (session !== '') {
      if (this.#sessions.size === MOST_SESSIONS) {
        throw new ConfigError(
          `${this.#file}: more than ${MOST_SESSIONS.toLocaleString('en-US')} sessions: cut it in pieces`,
        )
      }
      this.#sessions.set(key, this.#times.length)
    }
    this.#times.push(ms)
  }
}
