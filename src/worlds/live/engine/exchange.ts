/**
 * One request and what comes of it. It is undici's handler in the older form, which gets header bytes as they came in
 * (the newer one makes an object of them), and the options of the dispatch as well: one object, no promise, no stream.
 */
import { type Dispatcher, errors } from 'undici'
import type { FailureKind } from '../../../core/index.ts'
import type { Connection, Connections } from './connections.ts'
import { decodeBody } from './decoding.ts'
import type { EngineUser } from './engine-user.ts'
import { classify } from './failure-classes.ts'
import { isRedirect } from './redirects.ts'
import { headerValue, headerValues, NO_HEADERS, type RawHeaders } from './response-headers.ts'

export const NO_BODY = Buffer.alloc(0)
/** Thrown where undici is about to write what nobody wants: the connection then stays as it is. */
const GIVEN_UP = new errors.RequestAbortedError('given up')

/** Who can send an exchange once more, to where its answer says. */
export interface Follower {
  /** Whether it has done so. */
  follow(exchange: Exchange, location: string | undefined): boolean
}

export abstract class Exchange implements Dispatcher.DispatchHandler {
  method: string
  /** Path and query; from a proxy, the whole URL. */
  path: string
  /** Names and values in turn. */
  headers: string[]
  body: string | Uint8Array | null
  readonly user: EngineUser | undefined
  /** Whether the body is kept; else it is only taken off the wire. */
  readonly keepsBody: boolean
  /** 0 until there is an answer, and where there is none in the end. */
  status = 0
  raw: RawHeaders = NO_HEADERS
  /** Length of the body as it came over the wire. */
  bytes = 0
  failure: FailureKind | null = null
  failureDetail: string | undefined = undefined
  over = false
  /** Redirects that it has followed. */
  redirects = 0
  follower: Follower | undefined = undefined
  /** Length of the headers before the client added its own. */
  given = 0
  #connection: Connection | undefined = undefined
  #connections: Connections | undefined = undefined
  #abort: ((reason?: Error) => void) | undefined = undefined
  #sent = false
  #body: Buffer | Buffer[] = NO_BODY

  constructor(
    method: string,
    path: string,
    headers: string[],
    body: string | Uint8Array | null,
    user: EngineUser | undefined,
    keepsBody: boolean,
  ) {
    this.method = method
    this.path = path
    this.headers = headers
    this.body = body
    this.user = user
    this.keepsBody = keepsBody
  }

  /** It has come to its end; called exactly once. */
  protected abstract ended(): void

  /** A connection is there for it, or is to be opened for it. */
  protected assigned(): void {}

  /** It is being written to a connection. */
  protected sent(): void {}

  /** For undici, which reads the fields of a request from it. */
  get options(): Dispatcher.DispatchOptions {
    return this as unknown as Dispatcher.DispatchOptions
  }
  /** For undici: neither HEAD nor a DELETE with a body makes a connection worse than it was. */
  get reset(): boolean {
    return false
  }

  /** For undici: others may be pipelined behind it. */
  get blocking(): boolean {
    return false
  }

  /** In one piece, with its codings taken off. Empty if it was not kept. */
  get bodyBytes(): Buffer {
    return Array.isArray(this.#body) ? (this.#body = Buffer.concat(this.#body)) : this.#body
  }

  /** Those that it was sent by last. */
  get connections(): Connections | undefined {
    return this.#connections
  }

  /** Ends it early; an answer that comes anyway is dropped with its connection. */
  end(reason: FailureKind, detail: string = this.#stage): void {
    if (this.over) return
    this.#fail(reason, detail)
    this.#abort?.(GIVEN_UP)
  }

  /** For the connections. */
  assign(connection: Connection, connections: Connections): void {
    this.#connection = connection
    this.#connections = connections
    this.#sent = false
    this.assigned()
  }

  /** For whoever follows a redirect: as it was before it was sent, but for what it asks for. */
  again(method: string, path: string, headers: string[], body: string | Uint8Array | null): void {
    this.method = method
    this.path = path
    this.headers = headers
    this.body = body
    this.redirects++
    this.status = 0
    this.raw = NO_HEADERS
    this.bytes = 0
    this.#body = NO_BODY
    this.#abort = undefined
  }

  onConnect(abort: (reason?: Error) => void): void {
    if (this.over) throw GIVEN_UP
    this.#abort = abort
    // Behind another that broke off, undici writes it a second time.
    if (this.#sent) return
    this.#sent = true
    this.sent()
  }

  onHeaders(status: number, raw: Buffer[]): boolean {
    // 103 and its like only announce.
    if (status < 200) return true
    this.status = status
    this.raw = raw
    if (this.user?.keepsCookies === true) this.#takeCookies(this.user)
    return true
  }

  onData(chunk: Buffer): boolean {
    this.bytes += chunk.length
    if (this.bytes > this.#connections!.maxBodyBytes) this.end('too-large', 'body')
    else if (this.keepsBody) this.#keep(chunk)
    return true
  }

  onComplete(): void {
    // First of all: what comes next may be sent over it at once.
    this.#release()
    if (this.over) return
    if (this.follower !== undefined && isRedirect(this.status)) {
      this.#abort = undefined
      if (this.follower.follow(this, headerValue(this.raw, 'location'))) return
    }
    if (this.bytes > 0 && this.keepsBody) this.#decode()
    this.over = true
    this.#tell()
  }

  onError(error: Error): void {
    // undici misses a body where none may be (RFC 9112, section 6.3), if the head says how long it would have been.
    const bodyless = this.status === 204 || this.status === 304
    if (bodyless && error instanceof errors.ResponseContentLengthMismatchError) return this.onComplete()
    const secure = this.#connections?.secure ?? false
    this.#releaseLater()
    if (this.over) return
    const { kind, detail } = classify(error, this.#sent, secure)
    this.#fail(kind, detail)
  }

  /** undici takes what is thrown to it for a failure of the request, of which nobody would hear. */
  #tell(): void {
    try {
      this.ended()
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  #fail(kind: FailureKind, detail: string): void {
    this.over = true
    this.failure = kind
    this.failureDetail = detail
    this.status = 0
    this.raw = NO_HEADERS
    this.#body = NO_BODY
    this.#tell()
  }

  /** How far it has come, for whoever gives it up. */
  get #stage(): string {
    if (this.#connection === undefined) return 'waiting for a connection'
    if (!this.#sent) return 'connecting'
    return this.status === 0 ? 'waiting for the answer' : 'in the body'
  }

  #release(): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    this.#connections!.release(connection)
  }

  /** undici has not done with what broke: using it now would trip an assertion that ends the process. */
  #releaseLater(): void {
    const connection = this.#connection
    if (connection === undefined) return
    const givenUp = this.over && this.#sent
    this.#connection = undefined
    queueMicrotask(() => this.#connections!.release(connection, givenUp))
  }

  #keep(chunk: Buffer): void {
    if (this.#body === NO_BODY) this.#body = chunk
    else if (Array.isArray(this.#body)) this.#body.push(chunk)
    else this.#body = [this.#body, chunk]
  }

  #decode(): void {
    const encoding = headerValue(this.raw, 'content-encoding')
    if (encoding === undefined) return
    const decoded = decodeBody(this.bodyBytes, encoding, this.#connections!.maxBodyBytes)
    if (Buffer.isBuffer(decoded)) {
      this.#body = decoded
      return
    }
    this.failure = decoded.kind
    this.failureDetail = decoded.detail
    this.status = 0
    this.#body = NO_BODY
  }

  #takeCookies(user: EngineUser): void {
    const told = headerValues(this.raw, 'set-cookie')
    if (told.length === 0) return
    const { url, pathPrefix } = this.#connections!
    for (const text of told) user.jar.set(text, url.hostname, this.path.slice(pathPrefix.length), Date.now())
  }
}
