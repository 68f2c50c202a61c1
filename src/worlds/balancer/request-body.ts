/**
 * The body of a request: a short one is read whole, so that it can be sent again; a long one, or one of unknown
 * length, streams through with back-pressure. Both are bounded in length and in the client's slowness.
 */
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { LimitConfig, TimeoutConfig } from '../../scenario/index.ts'
import { type Refusal, tooLong } from './admission.ts'

const SLOW: Refusal = { status: 408, error: 'The body took too long' }

/** gone: the client left in the middle of it. */
export type BodyProblem = Refusal | 'gone'

export interface BodyListener {
  onBody(body: Buffer | StreamedBody): void
  /** Instead of `onBody`. */
  onBodyProblem(problem: BodyProblem): void
}

export function readBody(
  request: IncomingMessage,
  limits: LimitConfig,
  timeouts: TimeoutConfig,
  listener: BodyListener,
): void {
  const length = request.headers['content-length']
  if (length !== undefined && Number(length) <= limits.bufferBytes) readWhole(request, timeouts, listener)
  else listener.onBody(new StreamedBody(request, limits, timeouts.bodyMs))
}

function readWhole(request: IncomingMessage, { bodyMs }: TimeoutConfig, listener: BodyListener): void {
  let first: Buffer | undefined
  let chunks: Buffer[] | undefined
  let over = false
  const giveUp = (problem: BodyProblem): void => {
    if (over) return
    over = true
    clearTimeout(timer)
    listener.onBodyProblem(problem)
  }
  const timer = setTimeout(giveUp, bodyMs, SLOW)
  request.on('data', (chunk: Buffer) => {
    if (first === undefined) first = chunk
    else if (chunks === undefined) chunks = [first, chunk]
    else chunks.push(chunk)
  })
  request.on('end', () => {
    if (over) return
    over = true
    clearTimeout(timer)
    listener.onBody(chunks === undefined ? first! : Buffer.concat(chunks))
  })
  request.on('close', () => giveUp('gone'))
  // Followed by 'close'; without a listener it would end the process.
  request.on('error', () => {})
}

/** A body on its way through. It breaks off with an error; `problem` then says why, if it was the client. */
export class StreamedBody extends Readable {
  problem: BodyProblem | undefined
  /** Called when more of it has come. */
  onProgress: () => void = () => {}
  /** In bytes, if the client says it. */
  readonly declaredBytes: number | undefined
  readonly #request: IncomingMessage
  readonly #limits: LimitConfig
  readonly #timer: NodeJS.Timeout
  #bytes = 0
  #ended = false

  constructor(request: IncomingMessage, limits: LimitConfig, idleMs: number) {
    super()
    const length = request.headers['content-length']
    this.declaredBytes = length === undefined ? undefined : Number(length)
    this.#request = request
    this.#limits = limits
    this.#timer = setTimeout(() => this.#onIdle(), idleMs)
    request.on('data', this.#onData)
    request.on('end', this.#onEnd)
    request.on('close', this.#onClose)
    request.on('error', () => {})
    request.pause()
  }

  override _read(): void {
    this.#timer.refresh()
    this.#request.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer)
    this.#request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
    done(error)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#timer.refresh()
    this.onProgress()
    this.#bytes += chunk.length
    if (this.#bytes > this.#limits.bodyBytes) this.#breakOff(tooLong(this.#limits))
    else if (!this.push(chunk)) this.#request.pause()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    clearTimeout(this.#timer)
    this.push(null)
  }

  readonly #onClose = (): void => {
    if (!this.#ended) this.#breakOff('gone')
  }

  #onIdle(): void {
    // While the instance does not take what is there, it is not the client that is slow.
    if (this.#request.isPaused()) this.#timer.refresh()
    else this.#breakOff(SLOW)
  }

  #breakOff(problem: BodyProblem): void {
    if (this.destroyed) return
    this.problem = problem
    this.destroy(new Error('the body broke off'))
  }
}
