/**
 * Writing in a thread of its own: whoever measures puts numbers into a batch, the thread makes lines of them. A number
 * that is copied costs a nanosecond; the same as JSON, thirty times that.
 *
 * Batches are handed over without a copy, and come back to be used again. The other end is `serve-batches.ts`. The thread
 * is made when there is something to hand over: what is over before that can do without one. A process that has just run
 * out of file descriptors cannot make one: then what is to be handed over waits until it can, or until the end.
 */
import { Worker } from 'node:worker_threads'
import { LoadgenError, WorldError } from '../core/index.ts'
import type { BatchServer } from './serve-batches.ts'

/** Of the batches that are under way, no more than this share is to be waited for: the thread must not run dry. */
const RELIEVED_BYTES = 4 * 1024 * 1024

export type Batch = Float64Array<ArrayBuffer>

/** What ends by itself: a thread that could not be made for want of it is tried again. */
const SHORT_OF = /\b(EMFILE|ENFILE|EAGAIN|ENOMEM)\b/
/** At the so many next occasions it is not tried: each try costs milliseconds. */
const REST = 10

/** To the thread: something to know before the batches that follow, a batch, or that there are no more. */
export type BatchRequest<Note> =
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'batch'; readonly batch: Batch; readonly length: number }
  | { readonly kind: 'end' }

/** From the thread: it can take batches; a batch is done and may be used again; or all is written. */
export type BatchAnswer<Results> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly batch: Batch }
  | { readonly kind: 'ended'; readonly results: Results }
  | { readonly kind: 'failed'; readonly message: string }

export interface BatchThreadOptions<Note, Results> {
  /** The compiled file: a worker thread knows no TypeScript. */
  readonly worker: URL
  readonly data: unknown
  readonly batchNumbers: number
  /** What the thread does, for messages. */
  readonly doing: string
  /** What the thread does, here: where everything fits into one batch, no thread is needed. */
  readonly open: () => Promise<BatchServer<Note, Results>>
}

export class BatchThread<Note, Results> {
  readonly #options: BatchThreadOptions<Note, Results>
  #worker: Worker | undefined
  #isReady = false
  /** What the thread is to be told first, when it is ready. */
  #waiting: BatchRequest<Note>[] = []
  /** Why the last thread could not be made, and how many occasions for another are passed by. */
  #trouble: string | undefined
  #rest = 0
  readonly #spare: Batch[] = []
  #sent = 0
  #ended: { readonly results: Results } | undefined
  #error: LoadgenError | undefined
  #wake: (() => void) | undefined
  /** Where to write next, and how much of it is written. */
  batch: Batch
  used = 0

  constructor(options: BatchThreadOptions<Note, Results>) {
    this.#options = options
    this.batch = new Float64Array(options.batchNumbers)
  }

  /** There is a thread, or ought to be one. */
  get isStarted(): boolean {
    return this.#worker !== undefined || this.#trouble !== undefined
  }

  get error(): LoadgenError | undefined {
    return this.#error
  }

  /** Bytes of the batches that the thread has not done yet. */
  get backlogBytes(): number {
    return this.#sent * this.#options.batchNumbers * Float64Array.BYTES_PER_ELEMENT
  }

  /** Resolves when little is left to do; waiting for the last batch would leave the thread idle afterwards. */
  async drained(): Promise<void> {
    while (this.backlogBytes > RELIEVED_BYTES && this.#error === undefined) {
      if (this.#worker === undefined) this.#fail(this.#trouble!)
      else await this.#news()
    }
  }

  /** Makes sure that so many numbers find room in `batch`. */
  reserve(numbers: number): void {
    if (this.used + numbers <= this.#options.batchNumbers) return
    this.#ensureThread()
    this.#handOver()
  }

  /** Hands over what has been written so far. */
  send(): void {
    if (this.used === 0) return
    this.#ensureThread()
    // While there is no thread to be had, only full batches are put aside: half-empty ones take as much memory.
    if (this.#trouble === undefined || this.#isReady) this.#handOver()
  }

  /** Tells the thread something that it must know before it sees the batch that is being written. */
  tell(note: Note): void {
    this.#post({ kind: 'note', note })
  }

  /** Waits until everything is on disk. @throws WorldError if writing failed */
  async finish(): Promise<Results> {
    while (this.#worker !== undefined && !this.#isReady && this.#error === undefined) await this.#news()
    if (this.#worker === undefined && this.#error === undefined) return this.#finishHere()
    this.#handOver()
    this.#post({ kind: 'end' })
    while (this.#ended === undefined && this.#error === undefined) await this.#news()
    await this.#worker?.terminate()
    if (this.#ended === undefined) throw this.#error!
    return this.#ended.results
  }

  async #finishHere(): Promise<Results> {
    try {
      const server = await this.#options.open()
      for (const request of this.#waiting) {
        if (request.kind === 'note') server.note(request.note)
        else if (request.kind === 'batch') server.write(request.batch, request.length)
        server.file.flush()
        await server.file.drained()
      }
      server.write(this.batch, this.used)
      await server.file.close()
      return server.results()
    } catch (error) {
      if (error instanceof LoadgenError) this.#error = error
      throw error
    }
  }

  #handOver(): void {
    if (this.used > 0 && this.#error === undefined) {
      this.#sent++
      this.#post({ kind: 'batch', batch: this.batch, length: this.used }, this.batch.buffer)
      this.batch = this.#spare.pop() ?? new Float64Array(this.#options.batchNumbers)
    }
    this.used = 0
  }

  #post(request: BatchRequest<Note>, ...transfer: ArrayBuffer[]): void {
    if (this.#isReady) this.#worker!.postMessage(request, transfer)
    else this.#waiting.push(request)
  }

  #ensureThread(): void {
    if (this.#worker !== undefined || this.#error !== undefined || this.#rest-- > 0) return
    const { worker: file, data, doing } = this.#options
    const worker = new Worker(file, { workerData: data })
    this.#worker = worker
    worker.on('message', (answer: BatchAnswer<Results>) => this.#hear(answer))
    worker.on('error', (error) => this.#lose(worker, `${doing} failed: ${error.message}`))
    worker.on('exit', () => this.#lose(worker, `${doing} failed: its thread ended`))
    // A run that fails elsewhere must not be kept alive by a thread that waits for more. Last, as a listener holds on to
    // it again.
    worker.unref()
  }

  #hear(answer: BatchAnswer<Results>): void {
    if (answer.kind === 'ready') this.#begin()
    else if (answer.kind === 'done') {
      this.#sent--
      this.#spare.push(answer.batch)
    } else if (answer.kind === 'ended') this.#ended = answer
    else return this.#lose(this.#worker, answer.message)
    this.#wake?.()
  }

  #begin(): void {
    this.#isReady = true
    for (const request of this.#waiting) {
      this.#post(request, ...(request.kind === 'batch' ? [request.batch.buffer] : []))
    }
    this.#waiting = []
    this.#handOver()
  }

  #lose(worker: Worker | undefined, message: string): void {
    // Of one that was given up, the exit is still to come.
    if (worker === undefined || worker !== this.#worker) return
    if (this.#isReady || !SHORT_OF.test(message)) return this.#fail(message)
    void worker.terminate()
    this.#worker = undefined
    this.#trouble = message
    this.#rest = REST
    this.#wake?.()
  }

  /** The first failure counts. What is written after it goes nowhere. */
  #fail(message: string): void {
    if (this.#error !== undefined || this.#ended !== undefined) return
    this.#error = new WorldError(message)
    void this.#worker?.terminate()
    this.#wake?.()
  }

  /** Resolves at the next message of the thread, and keeps the process alive until then. */
  async #news(): Promise<void> {
    this.#worker?.ref()
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#worker?.unref()
  }
}
