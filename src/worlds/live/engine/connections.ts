/**
 * The connections to one origin: one undici `Client` each, the one used last first. There are only so many; whoever
 * finds none free waits in front of them, first come first served.
 *
 * Own rather than undici's `Pool`: that one hands a connection on in another turn of the event loop, looks for it in a
 * list, and knows no users. Handing it on while its last answer ends also spares undici the look at an idle socket.
 */
import { buildConnector, Client } from 'undici'
import type { ConnectionSettings } from '../../../scenario/index.ts'
import type { Exchange } from './exchange.ts'
import { ExchangeQueue } from './exchange-queue.ts'
import { type Environment, routeTo, tunnelConnector } from './proxy.ts'
import { tlsOptions } from './tls.ts'

/** A connection with those of its like that have room: of all, or of its user. */
export class Connection extends Client {
  readonly free: Connection[]
  underWay = 0

  constructor(origin: string, options: Client.Options, free: Connection[]) {
    super(origin, options)
    this.free = free
  }
}

export class Connections {
  /** Of the origin that is asked, whatever the way to it. */
  readonly url: URL
  readonly secure: boolean
  /** In front of the path of a request: a proxy wants the whole URL. */
  readonly pathPrefix: string
  /** That the way wants in every request, names and values in turn. */
  readonly headers: readonly string[]
  readonly maxBodyBytes: number
  readonly #connectTo: string
  readonly #options: Client.Options
  readonly #perUser: boolean
  readonly #multiplexed: boolean
  readonly #most: number
  readonly #room: number
  readonly #all = new Set<Connection>()
  readonly #free: Connection[] = []
  /** Of users: those with nothing under way, the one used longest ago first. */
  readonly #idle = new Set<Connection>()
  readonly #waiting = new ExchangeQueue()
  #serving = false
  #closed = false

  /** @throws ConfigError if a file of the TLS settings cannot be read */
  constructor(url: URL, settings: ConnectionSettings, environment: Environment) {
    const { connections, pipelining, keepAliveMs } = settings
    const route = routeTo(url, settings.proxy, environment)
    const whole = route.kind === 'whole'
    this.url = url
    this.secure = url.protocol === 'https:'
    this.pathPrefix = whole ? url.origin : ''
    this.headers = !whole
      ? []
      : [
          ...['host', url.host],
          ...(route.authorization === undefined ? [] : ['proxy-authorization', route.authorization]),
        ]
    this.maxBodyBytes = settings.maxBodyBytes
    this.#connectTo = whole ? route.proxy.origin : url.origin
    this.#perUser = connections.per === 'user'
    this.#multiplexed = settings.http2 && this.secure
    this.#most = connections.most
    this.#room = pipelining
    const connect = buildConnector({
      ...tlsOptions(settings.tls),
      allowH2: settings.http2,
      timeout: settings.connectTimeoutMs,
      // Users are strangers to one another: none goes on where another left off.
      ...(this.#perUser ? { maxCachedSessions: 0 } : {}),
    } as buildConnector.BuildOptions)
    this.#options = {
      pipelining: keepAliveMs === 0 ? 0 : pipelining,
      ...(keepAliveMs === 0 ? {} : { keepAliveTimeout: keepAliveMs }),
      // Whoever waits has timers of their own.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: route.kind === 'tunnel' ? tunnelConnector(route, connect, settings.connectTimeoutMs) : connect,
    }
  }

  /** The exchange is told what comes of it, perhaps before this returns. */
  send(exchange: Exchange): void {
    if (this.#closed) return exchange.end('aborted', 'closed')
    const connection = this.#roomFor(exchange)
    if (connection === undefined) this.#waiting.push(exchange)
    else this.#begin(connection, exchange)
  }

  /**
   * An exchange has no more to do with its connection: whoever waits may have it.
   *
   * @param givenUp after it was sent. undici then opens a connection in place of the broken one, with nothing to send: the
   *   target would see more of them than anybody asked for, and the next request would find its connection made. If nobody
   *   else is on it, it goes; an HTTP/2 connection outlives its streams.
   */
  release(connection: Connection, givenUp = false): void {
    if (connection.underWay-- === this.#room) connection.free.push(connection)
    if (givenUp && connection.underWay === 0 && !this.#multiplexed) this.#discard(connection)
    else if (this.#perUser && connection.underWay === 0) this.#idle.add(connection)
    // What fails at once comes back to here: then the loop below goes on.
    if (this.#serving || this.#closed) return
    this.#serving = true
    this.#serve()
    this.#serving = false
  }

  /** Exchanges fail as aborted. */
  async close(): Promise<void> {
    this.#closed = true
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      next.end('aborted', 'closed')
    }
    await Promise.all([...this.#all].map((connection) => connection.destroy()))
  }

  #serve(): void {
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      const connection = this.#roomFor(next)
      if (connection === undefined) return
      this.#waiting.shift()
      this.#begin(connection, next)
    }
  }

  /** The last of a list of free ones; undefined if there are none, nor may there be more. */
  #roomFor({ user }: Exchange): Connection | undefined {
    const free = this.#perUser && user !== undefined ? user.freeTo(this) : this.#free
    const last = free[free.length - 1]
    if (last !== undefined) return last
    if (this.#all.size >= this.#most && !this.#makeRoom()) return undefined
    const connection = new Connection(this.#connectTo, this.#options, free)
    this.#all.add(connection)
    free.push(connection)
    return connection
  }

  #begin(connection: Connection, exchange: Exchange): void {
    if (++connection.underWay === this.#room) connection.free.pop()
    if (this.#perUser) this.#idle.delete(connection)
    exchange.assign(connection, this)
    connection.dispatch(exchange.options, exchange)
  }

  /** Closes the connection of the user who has been idle for the longest time. */
  #makeRoom(): boolean {
    for (const connection of this.#idle) {
      this.#idle.delete(connection)
      this.#discard(connection)
      return true
    }
    return false
  }

  #discard(connection: Connection): void {
    this.#all.delete(connection)
    connection.free.splice(connection.free.indexOf(connection), 1)
    void connection.destroy().catch(() => {})
  }
}
