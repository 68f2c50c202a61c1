/**
 * Connections to one instance, and one call on one of them: beside `live/engine/` the only module that knows
 * undici. Bodies stream both ways, and heads stay the bytes that they are.
 *
 * It hands undici handlers in its older form, which gets header bytes as they came in, and keeps one `Client` per
 * connection, the one used last first: measured 12 % cheaper than `Pool.dispatch` (load-testing.md), and connections
 * that are not needed fall asleep.
 */
import type { Readable } from 'node:stream'
import { Client, type Dispatcher, errors } from 'undici'
import type { FailureKind } from '../../core/index.ts'
import { failureOf } from '../live/engine/failure-classes.ts'

export interface ConnectionLimits {
  readonly connections: number
  /** Calls that may wait for a connection. */
  readonly waiting: number
  readonly connectMs: number
}

export interface CallHead {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: Buffer | Readable | null
  /** It may be sent once more if a connection that was kept breaks before the answer. */
  readonly repeatable: boolean
}

/** Closed by the other end, perhaps, just as the next call is sent: that says nothing about the instance. */
class KeptClient extends Client {
  /** Its last call went well. */
  kept = false
}

/** unsent: what we were about to send is not HTTP; crowded: too many wait for a connection. */
export type CallFailure = FailureKind | 'unsent' | 'crowded'

export class ConnectionPool {
  readonly #origin: string
  readonly #limits: ConnectionLimits
  readonly #clients: KeptClient[] = []
  /** Used last, next to be used. */
  readonly #idle: KeptClient[] = []
  readonly #waiting: UpstreamCall[] = []
  #closed = false

  constructor(origin: string, limits: ConnectionLimits) {
    this.#origin = origin
    this.#limits = limits
  }

  get connections(): number {
    return this.#clients.length
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** The call is told what comes of it, perhaps before this returns. */
  send(call: UpstreamCall): void {
    const client = this.#idle.pop() ?? this.#open()
    if (client !== undefined) return call.begin(client, this)
    if (this.#closed) return call.refuse('aborted')
    if (this.#waiting.length >= this.#limits.waiting) return call.refuse('crowded')
    this.#waiting.push(call)
  }

  /** A call is over: the next one may have its connection. */
  release(client: KeptClient): void {
    while (this.#waiting.length > 0) {
      const call = this.#waiting.shift()!
      if (!call.over) return call.begin(client, this)
    }
    if (this.#closed) void client.close().catch(() => {})
    else this.#idle.push(client)
  }

  /** No more calls; those under way go on. */
  retire(): void {
    this.#closed = true
    for (const client of this.#idle.splice(0)) void client.close().catch(() => {})
  }

  /** Calls under way fail as aborted. */
  async close(): Promise<void> {
    this.#closed = true
    for (const call of this.#waiting.splice(0)) if (!call.over) call.refuse('aborted')
    await Promise.all(this.#clients.map((client) => client.destroy()))
  }

  #open(): KeptClient | undefined {
    if (this.#closed || this.#clients.length >= this.#limits.connections) return undefined
    const client = new KeptClient(this.#origin, {
      pipelining: 1,
      // The caller has timers of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: this.#limits.connectMs },
    })
    this.#clients.push(client)
    return client
  }
}

/** One call to an instance. Of `answerHead`, `answerData`, `answerEnd` and `failed`, only the last two end it. */
export abstract class UpstreamCall implements Dispatcher.DispatchHandler {
  protected abstract readonly head: CallHead
  #client: KeptClient | undefined
  #pool: ConnectionPool | undefined
  #abort: ((reason?: Error) => void) | undefined
  #resume: (() => void) | undefined
  #bodyless = false
  #over = false
  #mayRepeat = false

  /** Nothing more is told. */
  get over(): boolean {
    return this.#over
  }

  /** Returns whether more may come at once. */
  protected abstract answerHead(status: number, headers: readonly Buffer[]): boolean
  protected abstract answerData(chunk: Buffer): boolean
  protected abstract answerEnd(): void
  /** @param why in words, of those that an operator may do something about */
  protected abstract failed(failure: CallFailure, why?: string): void

  /** For the pool. */
  begin(client: KeptClient, pool: ConnectionPool): void {
    this.#client = client
    this.#pool = pool
    this.#mayRepeat = client.kept && this.head.repeatable
    client.dispatch(this.head as Dispatcher.DispatchOptions, this)
  }

  /** For the pool. */
  refuse(failure: CallFailure): void {
    this.#over = true
    this.failed(failure)
  }

  /** Ends the call without a word; the connection is not used again. */
  protected cut(): void {
    if (this.#over) return
    this.#over = true
    this.#abort?.()
  }

  /** Goes on after `answerHead` or `answerData` said to stop. */
  protected resume(): void {
    if (!this.#over) this.#resume?.()
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort
    if (this.#over) abort()
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    // 103 and its like are for the next hop only if it asked; nobody can have.
    if (status < 200 || this.#over) return true
    this.#mayRepeat = false
    this.#resume = resume
    this.#bodyless = status === 304 || status === 204
    return this.answerHead(status, headers)
  }

  onData(chunk: Buffer): boolean {
    return this.#over || this.answerData(chunk)
  }

  onComplete(): void {
    this.#release(true)
    if (this.#over) return
    this.#over = true
    this.answerEnd()
  }

  onError(error: Error): void {
    // undici misses a body where none may be (RFC 9112, section 6.3), if the head says how long it would have been.
    if (this.#bodyless && error instanceof errors.ResponseContentLengthMismatchError) return this.onComplete()
    if (this.#mayRepeat && !this.#over && failureOf(error) === 'reset') return this.#repeat()
    this.#release(false)
    if (this.#over) return
    this.#over = true
    this.failed(this.#kindOf(error), error.message)
  }

  #repeat(): void {
    this.#mayRepeat = false
    this.#abort = undefined
    this.#client!.dispatch(this.head as Dispatcher.DispatchOptions, this)
  }

  #kindOf(error: Error): CallFailure {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code.startsWith('UND_ERR_INVALID') || code === 'UND_ERR_NOT_SUPPORTED') return 'unsent'
    const failure = failureOf(error)
    // Whatever it was, not a byte has been sent.
    return this.#abort === undefined && failure === 'reset' ? 'connect' : failure
  }

  #release(well: boolean): void {
    const client = this.#client
    if (client === undefined) return
    this.#client = undefined
    client.kept = well
    const pool = this.#pool!
    if (well) pool.release(client)
    // undici has not done with what broke: a call that began on it now would trip an assertion that ends the process.
    else queueMicrotask(() => pool.release(client))
  }
}
