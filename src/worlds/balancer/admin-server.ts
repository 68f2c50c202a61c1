/**
 * The admin API of a balancer on a port of its own, so that nobody reaches it by way of the traffic.
 *
 * On loopback anybody on this machine may use it; elsewhere a token is required of every request.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError, isLoopback } from '../../core/index.ts'
import { listen } from '../live/listen.ts'
import { BearerToken, requireLoopbackHost } from './admin/access.ts'
import { AdminApi, replyTo, send } from './admin/admin-api.ts'
import { controlRoutes } from './admin/control-routes.ts'
import { Refusal } from './admin/route.ts'
import type { BalancerControl } from './control.ts'
import { type PredecessorOptions, predecessorRoutes } from './predecessor.ts'

const MAX_BODY_BYTES = 64 * 1024
const MAX_HEADER_BYTES = 16 * 1024
const MAX_CONNECTIONS = 64
const REQUEST_TIMEOUT_MS = 10_000
/** How late that may be noticed: half-open connections must not keep operators out for long. */
const CHECK_INTERVAL_MS = 1_000

export interface AdminServerOptions extends PredecessorOptions {
  readonly control: BalancerControl
  /** `127.0.0.1` if nothing is said. */
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Required where others than this machine can reach it. */
  readonly token?: string
}

export interface RunningAdminServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/**
 * @throws ConfigError if others could reach it and there is no token
 * @throws TargetError if it cannot listen there
 */
export async function startAdminServer(options: AdminServerOptions): Promise<RunningAdminServer> {
  const { host = '127.0.0.1', port } = options
  checkAccess(host, options.token)
  const token = options.token === undefined ? undefined : new BearerToken(options.token)
  const api = new AdminApi([
    ...controlRoutes(options.control),
    ...predecessorRoutes(options.control, options),
  ])
  const limits = { maxHeaderSize: MAX_HEADER_BYTES, connectionsCheckingInterval: CHECK_INTERVAL_MS }
  const server = createServer(limits, (request, response) => {
    try {
      if (token === undefined) requireLoopbackHost(request)
      else token.require(request)
    } catch (refusal) {
      return refuse(response, refusal)
    }
    collect(request, response, api)
  })
  server.maxConnections = MAX_CONNECTIONS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.headersTimeout = REQUEST_TIMEOUT_MS
  await listen(
    server,
    host.replace(/^\[|\]$/g, ''),
    port,
    `${host}:${port}: the admin API`,
    'in admin.listen (port 0 lets the system choose)',
  )
  const actual = (server.address() as AddressInfo).port
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return { url: `http://${name}:${actual}`, port: actual, close: () => close(server) }
}

/** @throws ConfigError if the admin API would be open to others */
export function checkAccess(host: string, token: string | undefined): void {
  if (token !== undefined && !/^[\x21-\x7e]{16,}$/.test(token)) {
    throw new ConfigError(
      'admin.token: expected at least 16 characters without blanks: make one with "openssl rand -hex 16"',
    )
  }
  if (token !== undefined || isLoopback(host)) return
  throw new ConfigError(
    `admin.listen: ${host} can be reached by others: set admin.token, or listen on 127.0.0.1`,
  )
}

function collect(request: IncomingMessage, response: ServerResponse, api: AdminApi): void {
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
    else if (!response.headersSent) {
      refuse(response, new Refusal(413, `the body is over ${MAX_BODY_BYTES} bytes`))
    }
  })
  request.on('end', () => {
    if (response.headersSent) return
    if (!api.handle(request, Buffer.concat(chunks), response))
      send(response, api.notFound(request.url ?? '/'))
  })
  // A client that goes away in the middle is its own loss; without a listener it would end the process.
  request.on('error', () => {})
  response.on('error', () => {})
}

/** Its body is not wanted any more: the connection ends with the answer. */
function refuse(response: ServerResponse, refusal: unknown): void {
  const reply = replyTo(refusal)
  send(response, { ...reply, headers: { ...reply.headers, connection: 'close' } })
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
