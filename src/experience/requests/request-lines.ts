/** From rows of numbers to the lines of `requests.jsonl`. */
import { JsonBytes, jsonText, literal } from '../json-bytes.ts'
import { JsonlFile } from '../jsonl-file.ts'
import type { BatchServer } from '../serve-batches.ts'
import {
  type NewNames,
  REQUEST_ROW_NUMBERS,
  type RequestLogStart,
  REQUEST_ROW as ROW,
} from './request-row.ts'

export const REQUEST_LOG_VERSION = 1

/** One line, as a reader gets it. Times are ms since the start of the run. */
export interface RequestRecord {
  readonly v: number
  readonly trace: string
  readonly session: number
  readonly phase: string
  readonly profile: string
  readonly action: string
  readonly service: string
  /** When the user wanted it to start, and when it was sent. */
  readonly intendedMs: number
  readonly startMs: number
  /** From the intended start to the end of the reply. */
  readonly latencyMs: number
  /** Times that it was sent: 1, and one more for every retry and every hedge. */
  readonly attempts: number
  /** 0 if no reply came; `failure` then says why. */
  readonly status: number
  /** The class of what went wrong on the way; `body` where the reply came, but a check of it failed. */
  readonly failure: string | null
  /** The mistake that the user made on purpose, if it was one. */
  readonly mistake: string | null
  /** The reply was what the user hoped for. */
  readonly expected: boolean
  /** What went wrong, more exactly: `ECONNREFUSED`. Only there where it is known, as are the following. */
  readonly detail?: string
  /** Length of the reply's body. */
  readonly bytes?: number
  /** Those of the script. */
  readonly tags?: Readonly<Record<string, string>>
}

const TRACE = literal(`{"v":${REQUEST_LOG_VERSION},"trace":"`)
const SESSION = literal('","session":')
const PHASE = literal(',"phase":')
const PROFILE = literal(',"profile":')
const ACTION = literal(',"action":')
const SERVICE = literal(',"service":')
const INTENDED = literal(',"intendedMs":')
const SENT = literal(',"startMs":')
const LATENCY = literal(',"latencyMs":')
const ATTEMPTS = literal(',"attempts":')
const STATUS = literal(',"status":')
const FAILURE = literal(',"failure":')
const MISTAKE = literal(',"mistake":')
const AS_EXPECTED = literal(',"expected":true')
const UNEXPECTED = literal(',"expected":false')
const DETAIL = literal(',"detail":')
const BYTES = literal(',"bytes":')
const TAGS = literal(',"tags":')
const END = literal('}\n')
const DECIMALS = 3
const DIGITS = literal('0123456789abcdef')
const WORDS = 4
const DIGITS_OF_WORD = 8

/** What makes the lines of a run. The result is how many there are. @throws WorldError if the file cannot be made */
export async function openRequestLines({
  file: path,
  phases,
}: RequestLogStart): Promise<BatchServer<NewNames, number>> {
  const file = await JsonlFile.create(path)
  const lines = new RequestLines(file, phases)
  return {
    file,
    note: (names) => lines.addNames(names),
    write: (rows, length) => lines.write(rows, length),
    results: () => file.lines,
  }
}

class RequestLines {
  readonly #file: Pick<JsonlFile, 'writeLine'>
  readonly #line = new JsonBytes(512)
  readonly #phases: readonly Uint8Array[]
  /** Names as JSON bytes, encoded once. */
  readonly #names: Uint8Array[] = [jsonText(null)]

  constructor(file: Pick<JsonlFile, 'writeLine'>, phases: readonly string[]) {
    this.#file = file
    this.#phases = phases.map(jsonText)
  }

  addNames({ from, names }: NewNames): void {
    for (const [i, name] of names.entries()) this.#names[from + i] = jsonText(name)
  }

  /** Writes a line per row. @param length in numbers, a multiple of `ROW_NUMBERS` */
  write(rows: Float64Array, length: number): void {
    for (let row = 0; row < length; row += REQUEST_ROW_NUMBERS) this.#writeLine(rows, row)
  }

  #writeLine(rows: Float64Array, row: number): void {
    const line = this.#line
    line.clear()
    line.put(TRACE)
    this.#putTrace(rows, row + ROW.trace)
    line.put(SESSION)
    line.integer(rows[row + ROW.session]!)
    line.put(PHASE)
    line.put(this.#phases[rows[row + ROW.phase]!]!)
    this.#putName(PROFILE, rows[row + ROW.profile]!)
    this.#putName(ACTION, rows[row + ROW.action]!)
    this.#putName(SERVICE, rows[row + ROW.service]!)
    line.put(INTENDED)
    line.decimal(rows[row + ROW.intendedMs]!, DECIMALS)
    line.put(SENT)
    line.decimal(rows[row + ROW.startMs]!, DECIMALS)
    line.put(LATENCY)
    line.decimal(rows[row + ROW.latencyMs]!, DECIMALS)
    line.put(ATTEMPTS)
    line.integer(rows[row + ROW.attempts]!)
    line.put(STATUS)
    line.integer(rows[row + ROW.status]!)
    this.#putName(FAILURE, rows[row + ROW.failure]!)
    this.#putName(MISTAKE, rows[row + ROW.mistake]!)
    line.put(rows[row + ROW.expected] === 1 ? AS_EXPECTED : UNEXPECTED)
    this.#putKnown(rows, row)
    line.put(END)
    this.#file.writeLine(line.bytes, line.length)
  }

  /** What is told only where it is known. */
  #putKnown(rows: Float64Array, row: number): void {
    if (rows[row + ROW.detail] !== 0) this.#putName(DETAIL, rows[row + ROW.detail]!)
    if (!Number.isNaN(rows[row + ROW.bytes]!)) {
      this.#line.put(BYTES)
      this.#line.integer(rows[row + ROW.bytes]!)
    }
    if (rows[row + ROW.tags] !== 0) this.#putName(TAGS, rows[row + ROW.tags]!)
  }

  #putName(label: Uint8Array, name: number): void {
    this.#line.put(label)
    this.#line.put(this.#names[name]!)
  }

  #putTrace(rows: Float64Array, from: number): void {
    const line = this.#line
    line.reserve(WORDS * DIGITS_OF_WORD)
    for (let word = 0; word < WORDS; word++) {
      const bits = rows[from + word]!
      for (let shift = 28; shift >= 0; shift -= 4) line.bytes[line.length++] = DIGITS[(bits >>> shift) & 15]!
    }
  }
}
