/**
 * The engine: requests to an origin, and to where its answers send them on to. It owns undici (the balancer beside it
 * has connections of its own); nobody else knows its handlers. An `Exchange` is sent as it is; `send` is for those who
 * would rather have a callback.
 */
import type { FailureKind, Method } from '../../../core/index.ts'
import type { ConnectionSettings } from '../../../scenario/index.ts'
import { Connections } from './connections.ts'
import { EngineUser } from './engine-user.ts'
import { Exchange, type Follower } from './exchange.ts'
import { plainSettings } from './plain-settings.ts'
import { headersOnward, onwardOf } from './redirects.ts'
import { headersOf } from './response-headers.ts'

/** Origins that redirects lead to; an answer that leads to one more stands as it is. */
const MOST_ORIGINS = 32

export interface HttpCall {
  readonly method: Method
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. The client may add to it. */
  readonly headers: string[]
  readonly body?: string | Uint8Array
}

/** What came back: a reply with its body in one piece, or the reason why there is none (`status` 0). */
export interface HttpResult {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  readonly failure: FailureKind | null
  /** In the words of whoever met it: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly failureDetail?: string
}

export class HttpClient implements Follower {
  readonly #settings: ConnectionSettings
  readonly #main: Connections
  readonly #others = new Map<string, Connections>()
  /** Of all requests to the origin, and of those that a redirect leads elsewhere: names and values in turn. */
  readonly #headers: readonly string[]
  readonly #headersElsewhere: readonly string[]

  /**
   * @param origin scheme, host and port, e.g. `http://127.0.0.1:8080`
   * @param settings of the users' client, or how many connections there may be
   * @throws ConfigError if a file of the TLS settings cannot be read
   */
  constructor(origin: string, settings: number | ConnectionSettings) {
    this.#settings = typeof settings === 'number' ? plainSettings(settings) : settings
    this.#main = new Connections(new URL(origin), this.#settings, process.env)
    this.#headers = ownHeaders(this.#settings)
    this.#headersElsewhere = ownHeaders({ ...this.#settings, headers: {} })
  }

  /** Somebody with cookies, and perhaps connections, of their own. */
  newUser(): EngineUser {
    return new EngineUser(this.#settings.cookies)
  }

  /** Sends it: it is told what comes of it exactly once, perhaps before this returns. */
  dispatch(exchange: Exchange): void {
    if (this.#settings.redirects > 0) exchange.follower = this
    this.#sendBy(this.#main, exchange)
  }

  /**
   * Sends one request and calls `done` exactly once. The returned function ends the exchange early, with the
   * failure kind it is given.
   */
  send(call: HttpCall, done: (result: HttpResult) => void): (reason: FailureKind) => void {
    const exchange = new CallbackExchange(call, done)
    this.dispatch(exchange)
    return (reason) => exchange.end(reason)
  }

  /** For an exchange whose answer is a redirect. */
  follow(exchange: Exchange, location: string | undefined): boolean {
    if (exchange.redirects >= this.#settings.redirects) return false
    const { url: from, pathPrefix } = exchange.connections!
    const path = exchange.path.slice(pathPrefix.length)
    const onward = onwardOf(exchange.status, location, from.origin + path, exchange.method)
    const connections = onward === undefined ? undefined : this.#connectionsTo(onward.url)
    if (onward === undefined || connections === undefined) return false
    const { url, method, withBody } = onward
    // Its own cookie is that of the next path, not of the last one.
    const headers = headersOnward(exchange.headers.slice(0, exchange.given), onward)
    exchange.again(method, url.pathname + url.search, headers, withBody ? exchange.body : null)
    this.#sendBy(connections, exchange)
    return true
  }

  /** Closes all connections; exchanges under way fail. */
  async close(): Promise<void> {
    await Promise.all([this.#main, ...this.#others.values()].map((connections) => connections.close()))
  }

  #sendBy(connections: Connections, exchange: Exchange): void {
    const { headers } = exchange
    exchange.given = headers.length
    const added = connections === this.#main ? this.#headers : this.#headersElsewhere
    if (added.length > 0) addMissing(headers, added)
    const cookies = exchange.user?.cookies
    if (cookies !== undefined && cookies.size > 0) {
      const { url, secure } = connections
      const cookie = cookies.header(url.hostname, exchange.path, secure, Date.now())
      if (cookie !== undefined) headers.push('cookie', cookie)
    }
    if (connections.pathPrefix !== '') {
      addMissing(headers, connections.headers)
      exchange.path = connections.pathPrefix + exchange.path
    }
    connections.send(exchange)
  }

  #connectionsTo(url: URL): Connections | undefined {
    if (url.origin === this.#main.url.origin) return this.#main
    let connections = this.#others.get(url.origin)
    if (connections === undefined && this.#others.size < MOST_ORIGINS) {
      connections = new Connections(new URL(url.origin), elsewhere(this.#settings), process.env)
      this.#others.set(url.origin, connections)
    }
    return connections
  }
}

/** Who is led elsewhere neither shows the certificate that is for the first origin, nor looks for its name. */
function elsewhere(settings: ConnectionSettings): ConnectionSettings {
  return { ...settings, tls: { ...settings.tls, certFile: null, keyFile: null, serverName: null } }
}

function ownHeaders({ headers, acceptEncoding }: ConnectionSettings): string[] {
  const own = Object.entries(headers).flatMap(([name, value]) => [name.toLowerCase(), value])
  if (acceptEncoding.length > 0) addMissing(own, ['accept-encoding', acceptEncoding.join(', ')])
  return own
}

/** Adds what is not there yet. */
function addMissing(headers: string[], added: readonly string[]): void {
  const { length } = headers
  next: for (let i = 0; i < added.length; i += 2) {
    for (let j = 0; j < length; j += 2) if (headers[j]!.toLowerCase() === added[i]) continue next
    headers.push(added[i]!, added[i + 1]!)
  }
}

class CallbackExchange extends Exchange {
  readonly #done: (result: HttpResult) => void

  constructor({ method, path, headers, body }: HttpCall, done: (result: HttpResult) => void) {
    super(method, path, headers, body ?? null, undefined, true)
    this.#done = done
  }

  protected override ended(): void {
    this.#done(resultOf(this))
  }
}

/** All there is to know of an exchange that is over. */
export function resultOf({ status, raw, bodyBytes: body, failure, failureDetail }: Exchange): HttpResult {
  const headers = headersOf(raw)
  if (failureDetail === undefined) return { status, headers, body, failure }
  return { status, headers, body, failure, failureDetail }
}
