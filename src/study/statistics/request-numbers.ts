/** Writing a finished request as a row of numbers: see `request-row.ts` of the room `experience`. */
import { type Named, type NewNames, REQUEST_ROW as ROW } from '../../experience/index.ts'
import { type FinishedRequest, writeTraceWords } from '../../worlds/index.ts'

/** Messages of failures may have anything in them: more kinds than these are not told apart. */
const MOST_NAMES = 20_000
const OTHER = 'other'

/** Names by the order in which they first came up. Tags are told apart as objects: there is one for every kind of request. */
export class NameNumbers {
  readonly #numbers = new Map<Named, number>([[null, 0]])
  readonly #tell: (names: NewNames) => void

  /** @param tell hears of every name before its number is used; null is number 0 and not told */
  constructor(tell: (names: NewNames) => void) {
    this.#tell = tell
  }

  of(name: Named): number {
    return this.#numbers.get(name) ?? this.#introduce(name)
  }

  #introduce(name: Named): number {
    if (this.#numbers.size >= MOST_NAMES && name !== OTHER) return this.of(OTHER)
    const number = this.#numbers.size
    this.#numbers.set(name, number)
    this.#tell({ from: number, names: [name] })
    return number
  }
}

/** Writes one row at `at`. Hot path: see `bench/request-log.bench.ts`. */
export function writeRequest(
  row: Float64Array,
  at: number,
  request: FinishedRequest,
  names: NameNumbers,
): void {
  const { origin, intendedMs, startMs, endMs, reply } = request
  row[at + ROW.session] = request.session
  row[at + ROW.phase] = origin.phase
  row[at + ROW.profile] = names.of(request.profile)
  row[at + ROW.action] = names.of(request.action)
  row[at + ROW.service] = names.of(request.service)
  row[at + ROW.intendedMs] = intendedMs
  // Who never had a connection was about to be sent until the end.
  row[at + ROW.startMs] = Number.isNaN(startMs) ? endMs : startMs
  row[at + ROW.latencyMs] = endMs - intendedMs
  row[at + ROW.attempts] = request.attempts
  row[at + ROW.status] = reply.status
  const failure = reply.failure ?? (request.failure === 'body' ? 'body' : null)
  row[at + ROW.failure] = failure === null ? 0 : names.of(failure)
  row[at + ROW.detail] = reply.failureDetail === undefined ? 0 : names.of(reply.failureDetail)
  row[at + ROW.mistake] = request.mistake === null ? 0 : names.of(request.mistake)
  row[at + ROW.tags] = request.tags === undefined ? 0 : names.of(request.tags)
  row[at + ROW.bytes] = request.bytes
  row[at + ROW.expected] = request.expected ? 1 : 0
  writeTraceWords(origin, row, at + ROW.trace)
}
