/** Which session caused a decision: by the trace of its request, which `requests.jsonl` knows. */
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { COMPRESSED_ENDINGS, DataError, keyOf, readLines } from '../../core/index.ts'
import type { RecordedRun } from '../read-records.ts'

export const REQUESTS_FILE = 'requests.jsonl'
const FREE = -1

/** What is read of a line of `requests.jsonl`. */
export interface RequestLine {
  readonly trace: string
  readonly session: number
  readonly startMs: number
  readonly text: string
}

/** Session by trace, in 24 to 48 bytes per request: a run may have millions. */
export class SessionIndex {
  #keys = new Float64Array(1024).fill(FREE)
  #sessions = new Float64Array(1024)
  #size = 0

  add(trace: string, session: number): void {
    if (this.#size * 2 >= this.#keys.length) this.#grow()
    this.#put(keyOfTrace(trace), session)
  }

  /** Undefined if no request of that trace is known. */
  sessionOf(trace: string): number | undefined {
    const slot = this.#slotOf(keyOfTrace(trace))
    return this.#keys[slot] === FREE ? undefined : this.#sessions[slot]
  }

  #put(key: number, session: number): void {
    const slot = this.#slotOf(key)
    if (this.#keys[slot] === FREE) this.#size++
    this.#keys[slot] = key
    this.#sessions[slot] = session
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1
    let slot = Math.imul((key % 2 ** 31) | 0, 0x9e3779b1) >>> 7
    for (slot &= mask; this.#keys[slot] !== FREE && this.#keys[slot] !== key; ) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [keys, sessions] = [this.#keys, this.#sessions]
    this.#keys = new Float64Array(keys.length * 2).fill(FREE)
    this.#sessions = new Float64Array(keys.length * 2)
    this.#size = 0
    for (const [slot, key] of keys.entries()) if (key !== FREE) this.#put(key, sessions[slot]!)
  }
}

/** 53 bits of hash: a number. Traces of others may count up, so all of their digits have a part in it. */
function keyOfTrace(trace: string): number {
  return keyOf(trace) * 2 ** 21 + (keyOf(`.${trace}`) >>> 11)
}

/** The file beside the records of a run; undefined if there is none. */
export function requestsFileOf(run: Pick<RecordedRun, 'file'>): string | undefined {
  const plain = join(dirname(run.file), REQUESTS_FILE)
  const files = [plain, ...COMPRESSED_ENDINGS.map((ending) => plain + ending)]
  return files.find((file) => statSync(file, { throwIfNoEntry: false }) !== undefined)
}

/** The readable lines of a `requests.jsonl`; others are left out. */
export function* readRequests(file: string): Generator<RequestLine> {
  for (const { text } of readLines(file)) {
    try {
      const { trace, session, startMs } = JSON.parse(text) as RequestLine
      if (typeof trace === 'string' && typeof session === 'number') yield { trace, session, startMs, text }
    } catch {
      // Torn: the request before it stands on a line of its own.
    }
  }
}

/** @throws DataError if the run has no `requests.jsonl` */
export function sessionsOf(run: RecordedRun): SessionIndex {
  const index = sessionsIfKnown(run)
  if (index !== undefined) return index
  throw new DataError(
    `${dirname(run.file)}: no ${REQUESTS_FILE}: it alone knows the sessions; copy it there too, or use --by time`,
  )
}

/** Undefined if the run has no `requests.jsonl`. */
export function sessionsIfKnown(run: Pick<RecordedRun, 'file'>): SessionIndex | undefined {
  const file = requestsFileOf(run)
  if (file === undefined) return undefined
  const index = new SessionIndex()
  for (const { trace, session } of readRequests(file)) index.add(trace, session)
  return index
}
