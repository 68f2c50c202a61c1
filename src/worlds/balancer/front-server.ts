/**
 * Where clients come in: `node:http` with limits on all that a client can send or leave open. Its strict parser refuses
 * what breaks HTTP; those refusals are counted and answered here, since no request comes of them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import type { LimitConfig, ListenAddress, TimeoutConfig } from '../../scenario/index.ts'
import { BY_PORT_OPTION, listen } from '../live/listen.ts'
import { QuickConnection, type QuickRequest, type QuickSetting } from './quick-connection.ts'
import type { QuickResponse } from './quick-response.ts'

export interface Entrance {
  /** The client waits for a word (`100 Continue`) before it sends its body. */
  readonly awaited: boolean
  /** The connection may carry no more requests. */
  readonly last: boolean
}

export interface FrontHandler {
  onRequest(request: IncomingMessage, response: ServerResponse, entrance: Entrance): void
  /** A plain request, outside of `node:http`. Returns whether it has taken it; otherwise it comes again, by `onRequest`. */
  onQuickRequest(request: QuickRequest, response: QuickResponse, entrance: Entrance): boolean
}

/** The four that there are: nothing is made per request. */
const ENTRANCES = [false, true].map((awaited) => [false, true].map((last): Entrance => ({ awaited, last })))

/** With the requests that it may still carry. */
type CountedSocket = Socket & { requestsLeft?: number }

export interface FrontOptions {
  readonly listen: ListenAddress
  readonly limits: LimitConfig
  readonly timeouts: TimeoutConfig
  readonly handler: FrontHandler
  readonly now: () => number
}

const CHECKS_PER_TIMEOUT = 4
/** Longer than the way of a request that was sent before the client could know that we end. */
const DRAIN_IDLE_MS = 250

export class FrontServer {
  readonly #server: Server
  readonly #options: FrontOptions
  readonly #quick = new Set<QuickConnection>()
  #idleCheck: NodeJS.Timeout | undefined
  /** Connections that were refused because of too many others, and requests that were no HTTP. */
  refusedConnections = 0
  malformedRequests = 0

  constructor(options: FrontOptions) {
    const { limits, timeouts, handler } = options
    this.#options = options
    this.#server = createServer(
      {
        insecureHTTPParser: false,
        maxHeaderSize: limits.headerBytes,
        headersTimeout: timeouts.headersMs,
        // Bodies have a limit of their own, which lets long ones take their time.
        requestTimeout: 0,
        connectionsCheckingInterval: Math.max(50, Math.floor(timeouts.headersMs / CHECKS_PER_TIMEOUT)),
        keepAliveTimeout: timeouts.idleMs,
      },
      (request, response) => handler.onRequest(request, response, enter(request, false)),
    )
    const server = this.#server
    server.maxConnections = limits.connections
    // `headerBytes` bounds them. What is over Node's own limit of 1000 is dropped unseen, lengths and codings with it.
    server.maxHeadersCount = 0
    this.#takeConnections()
    server.on('checkContinue', (request, response) =>
      handler.onRequest(request, response, enter(request, true)),
    )
    server.on('connect', (_, socket) =>
      refuse(socket as Socket, 501, 'CONNECT is not possible here: this is no forward proxy'),
    )
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      this.malformedRequests++
      refuseMalformed(error, socket as Socket)
    })
    server.on('drop', () => this.refusedConnections++)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    const { host } = this.#options.listen
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.port}`
  }

  /** @throws TargetError if the address cannot be had */
  async start(): Promise<void> {
    const { host, port } = this.#options.listen
    await listen(this.#server, host, port, `${host}:${port}:`, BY_PORT_OPTION)
  }

  /**
   * No new connections; waits for the requests under way, but no longer than `patienceMs`. Connections without a request
   * stay a moment longer: one may be on its way, and its answer tells the client to close.
   */
  async drain(patienceMs: number): Promise<void> {
    const server = this.#server
    // That of `node:http` breaks idle connections at once, and later ones never.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
    const idle = setInterval(() => this.#breakIdle(), Math.min(DRAIN_IDLE_MS, patienceMs))
    const end = setTimeout(() => {
      server.closeAllConnections()
      this.#breakQuick(() => true)
    }, patienceMs)
    await closed
    clearTimeout(end)
    clearInterval(idle)
    clearInterval(this.#idleCheck)
    // Ends the timers of `node:http`.
    server.close()
  }

  #breakIdle(): void {
    this.#server.closeIdleConnections()
    this.#breakQuick(({ busy }) => !busy)
  }

  /** Every connection starts as a quick one, and goes over to the listener of `node:http` when it has to. */
  #takeConnections(): void {
    const { limits, timeouts, handler, now } = this.#options
    const server = this.#server
    const [serveByHttp] = server.listeners('connection') as [(socket: Socket) => void]
    server.removeAllListeners('connection')
    const setting: QuickSetting = {
      idleSeconds: Math.floor(timeouts.idleMs / 1000),
      headerBytes: limits.headerBytes,
      now,
      handle: (request, response, last) =>
        handler.onQuickRequest(request, response, ENTRANCES[0]![Number(last)]!),
      handOver: (connection, chunk) => {
        const socket: CountedSocket = connection.socket
        connection.leave()
        this.#quick.delete(connection)
        socket.requestsLeft = connection.requestsLeft
        serveByHttp.call(server, socket)
        socket.emit('data', chunk)
      },
      onClose: (connection) => this.#quick.delete(connection),
    }
    // Who has never said anything has less time than who has.
    const firstMs = Math.min(timeouts.headersMs, timeouts.idleMs)
    const most = limits.requestsPerConnection === 0 ? Number.POSITIVE_INFINITY : limits.requestsPerConnection
    server.on('connection', (socket: Socket) => this.#quick.add(new QuickConnection(socket, setting, most)))
    this.#idleCheck = setInterval(
      () => {
        const nowMs = now()
        this.#breakQuick(
          ({ busy, used, idleSinceMs }) => !busy && idleSinceMs <= nowMs - (used ? timeouts.idleMs : firstMs),
        )
      },
      Math.max(50, Math.min(1_000, firstMs / CHECKS_PER_TIMEOUT)),
    )
    this.#idleCheck.unref()
  }

  #breakQuick(which: (connection: QuickConnection) => boolean): void {
    for (const connection of this.#quick) if (which(connection)) connection.socket.destroy()
  }

  /** Breaks what is under way. */
  async close(): Promise<void> {
    await this.drain(0)
  }
}

function enter({ socket }: IncomingMessage, awaited: boolean): Entrance {
  const counted: CountedSocket = socket
  // `node:http` has a limit of its own, but leaves it to the client to close.
  const last = counted.requestsLeft !== undefined && --counted.requestsLeft <= 0
  return ENTRANCES[Number(awaited)]![Number(last)]!
}

function refuseMalformed({ code }: NodeJS.ErrnoException, socket: Socket): void {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return refuse(socket, 431, 'The head of the request is too long')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refuse(socket, 413, 'The extensions of a chunk are too long')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refuse(socket, 408, 'The head of the request took too long')
    default:
      return refuse(socket, 400, `The request breaks HTTP (${code ?? 'unknown'})`)
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
}

/** What `node:http` keeps on a socket: the response that it is busy with. */
type AnsweringSocket = Socket & {
  readonly _httpMessage?: Pick<ServerResponse, 'headersSent' | 'req'> | null
}

/** A reply where there is no response object; the connection cannot be trusted any more. */
function refuse(socket: Socket, status: number, error: string): void {
  if (!socket.writable) return void socket.destroy()
  // An answer that is under way is cut off here: this one must not be taken for the rest of it, nor for the answer to a
  // whole request that came before.
  const answering = (socket as AnsweringSocket)._httpMessage
  if (answering?.headersSent === true || answering?.req.complete === true) return socket.destroySoon()
  const body = JSON.stringify({ error })
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
  // What is still to come is thrown away, until the client has noticed.
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

const LINGER_MS = 1_000
