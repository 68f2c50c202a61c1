/**
 * The one module that knows undici: a keep-alive pool per origin, and one verb.
 *
 * It uses `dispatch` with a handler per request: no promise, no stream object and no header object per request
 * (measured 1.3 times cheaper than `Pool.request`, and 10 times cheaper than `fetch`).
 */
import { type Dispatcher, errors, Pool } from 'undici'
import type { FailureKind, Method } from '../../core/index.ts'

export interface HttpCall {
  readonly method: Method | 'HEAD' | 'PATCH' | 'OPTIONS'
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body?: string | Uint8Array
}

/** What came back: a reply with its body in one piece, or the reason why there is none (`status` 0). */
export interface HttpResult {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  readonly failure: FailureKind | null
}

const NO_BODY = Buffer.alloc(0)
/** A body larger than this is cut off and counts as a framing failure: memory is bounded. */
const MAX_BODY_BYTES = 8 * 1024 * 1024

export class HttpClient {
  readonly #pool: Pool

  /** @param origin scheme, host and port, e.g. `http://127.0.0.1:8080` */
  constructor(origin: string, connections: number) {
    this.#pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
  }

  /**
   * Sends one request and calls `done` exactly once. The returned function ends the exchange early, with the
   * failure kind it is given.
   */
  send(call: HttpCall, done: (result: HttpResult) => void): (reason: FailureKind) => void {
    const exchange = new Exchange(done)
    const { method, path, headers, body } = call
    this.#pool.dispatch({ method, path, headers, body: body ?? null } as Dispatcher.DispatchOptions, exchange)
    return (reason) => exchange.end(reason)
  }

  /** Closes all connections; exchanges under way fail. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #done: (result: HttpResult) => void
  #controller: Dispatcher.DispatchController | undefined
  #reason: FailureKind | undefined
  #finished = false
  #status = 0
  #headers: HttpResult['headers'] = {}
  #chunk: Buffer | undefined
  #chunks: Buffer[] | undefined
  #bytes = 0

  constructor(done: (result: HttpResult) => void) {
    this.#done = done
  }

  /** Ends the exchange; an answer that comes anyway is dropped with its connection. */
  end(reason: FailureKind): void {
    if (this.#finished) return
    this.#reason = reason
    this.#controller?.abort(new Error(reason))
    this.#fail(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#reason !== undefined) controller.abort(new Error(this.#reason))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpResult['headers']): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > MAX_BODY_BYTES) this.end('framing')
    else if (this.#chunk === undefined) this.#chunk = chunk
    else if (this.#chunks === undefined) this.#chunks = [this.#chunk, chunk]
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const body = this.#chunks === undefined ? (this.#chunk ?? NO_BODY) : Buffer.concat(this.#chunks)
    this.#finish({ status: this.#status, headers: this.#headers, body, failure: null })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // An abort comes back as an error, within the call that made it.
    this.#fail(this.#reason ?? failureOf(error))
  }

  #fail(failure: FailureKind): void {
    this.#finish({ status: 0, headers: {}, body: NO_BODY, failure })
  }

  #finish(result: HttpResult): void {
    if (this.#finished) return
    this.#finished = true
    this.#done(result)
  }
}

const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
  'EMFILE',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The class of failure that an error of undici stands for. */
export function failureOf(error: Error): FailureKind {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (CONNECT_CODES.has(code)) return 'connect'
  // Told by its class: undici means to give it a code, HPE_..., but finds none.
  if (error instanceof errors.HTTPParserError) return 'framing'
  if (code.startsWith('UND_ERR_RES') || code.startsWith('UND_ERR_HEADERS')) return 'framing'
  if (code === 'UND_ERR_ABORTED' || code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return 'aborted'
  return 'reset'
}
