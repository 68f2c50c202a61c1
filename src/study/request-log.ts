/**
 * `requests.jsonl`: one line per request of a client, as the client saw it.
 *
 * Whoever sends the requests only writes a row of numbers; a thread of its own makes lines of them and sees to the disk
 * (`request-log-worker.ts`). A kill at any moment loses what has not been handed over (the first second of a run, which
 * starts no thread for less; then a tenth of a second where somebody calls `flush` that often), and tears no line but the last.
 */
import { writeFileSync } from 'node:fs'
import { type LoadgenError, WorldError } from '../core/index.ts'
import {
  BatchThread,
  type NewNames,
  openRequestLines,
  REQUEST_ROW_NUMBERS,
  type RequestLogStart,
} from '../experience/index.ts'
import type { Backlog, FinishedRequest } from '../worlds/index.ts'
import { NameNumbers, writeRequest } from './statistics/request-numbers.ts'

export { REQUEST_LOG_VERSION, type RequestRecord } from '../experience/index.ts'

// The compiled file, also when this one runs from its source: a worker thread knows no TypeScript.
const WORKER = new URL('../../dist/experience/requests/request-log-worker.js', import.meta.url)
/** 64 KiB: some 400 requests. */
const BATCH_NUMBERS = 8 * 1024
/** More than this waiting for the disk, and lines are left out: some 400,000 requests. */
const MOST_BACKLOG_BYTES = 64 * 1024 * 1024

/** A thread takes 50 ms of CPU and 10 MB: not worth it for a run of a second. */
const PATIENT_FLUSHES = 10

/** A scenario, as far as lines tell of it. */
interface PhaseNames {
  readonly phases: readonly { readonly name: string }[]
}

export class RequestLog implements Backlog {
  readonly #thread: BatchThread<NewNames, number>
  readonly #names: NameNumbers
  readonly #mostBacklogBytes: number
  #flushes = 0

  /**
   * @param path where the lines go; it is made anew
   * @param mostBacklogBytes what may wait for the disk before lines are left out; a world that waits for the disk needs
   *   no such bound
   * @throws WorldError if the file cannot be made
   */
  constructor(path: string, { phases }: PhaseNames, mostBacklogBytes = MOST_BACKLOG_BYTES) {
    try {
      writeFileSync(path, '')
    } catch (error) {
      throw new WorldError(`${path}: cannot be written (${(error as Error).message}): choose another folder`)
    }
    const start: RequestLogStart = { file: path, phases: phases.map(({ name }) => name) }
    this.#thread = new BatchThread({
      worker: WORKER,
      data: start,
      batchNumbers: BATCH_NUMBERS,
      doing: 'the request log',
      open: () => openRequestLines(start),
    })
    this.#names = new NameNumbers((names) => this.#thread.tell(names))
    this.#mostBacklogBytes = mostBacklogBytes
  }

  /** Takes a request. Returns false if it is left out, because the disk cannot keep up. */
  add(request: FinishedRequest): boolean {
    const thread = this.#thread
    if (thread.backlogBytes > this.#mostBacklogBytes) return false
    thread.reserve(REQUEST_ROW_NUMBERS)
    writeRequest(thread.batch, thread.used, request, this.#names)
    thread.used += REQUEST_ROW_NUMBERS
    return true
  }

  /**
   * Hands over what has been taken so far. To be called every tenth of a second or so; the first calls do nothing, since
   * of a run that is over by then, all is written at its end, without a thread.
   */
  flush(): void {
    if (this.#thread.isStarted || ++this.#flushes > PATIENT_FLUSHES) this.#thread.send()
  }

  get error(): LoadgenError | undefined {
    return this.#thread.error
  }

  get backlogBytes(): number {
    return this.#thread.backlogBytes
  }

  drained(): Promise<void> {
    return this.#thread.drained()
  }

  /** Waits until all is on disk. @throws WorldError if the disk failed at any time */
  async close(): Promise<void> {
    await this.#thread.finish()
  }
}

/** What a reader of the summary has to be told of requests that were counted, but not logged. */
export function unloggedWarnings({ requests }: { readonly requests: number }): string[] {
  if (requests === 0) return []
  return [
    `requests.jsonl lacks ${requests} requests: the disk was slower than the load, and nothing waits for it; ` +
      'all of them are in the numbers of this summary',
  ]
}
