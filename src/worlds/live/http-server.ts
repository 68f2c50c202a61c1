/** A small HTTP/1.1 server on loopback: bodies in one piece, one write per reply, and a close that ends. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Method } from '../../core/index.ts'
import type { HttpCall } from './engine/http-client.ts'
import { BY_PORT_OPTION, listen } from './listen.ts'

const MAX_BODY_BYTES = 1024 * 1024

/** Answers one request. `body` is complete; a body over 1 MiB has been refused before. */
export type HttpHandler = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void

export interface RunningServer {
  readonly port: number
  close(): Promise<void>
}

/** @throws TargetError if the port is taken or may not be used. Port 0 lets the system choose. */
export async function startHttpServer(handler: HttpHandler, port = 0): Promise<RunningServer> {
  const server = createServer((request, response) => collectBody(request, response, handler))
  server.keepAliveTimeout = 60_000
  await listen(server, '127.0.0.1', port, `127.0.0.1:${port}:`, BY_PORT_OPTION)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends a reply in one piece. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: object = {},
): void {
  const bytes = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(bytes) }),
    ...headers,
  })
  response.end(bytes)
}

/** HEAD is answered as GET is, without the body (RFC 9110, section 9.3.2), which `node:http` leaves out by itself. */
export function routedMethod(method: HttpCall['method']): Method {
  return (method === 'HEAD' ? 'GET' : method) as Method
}

function collectBody(request: IncomingMessage, response: ServerResponse, handler: HttpHandler): void {
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  })
  request.on('end', () => {
    if (bytes <= MAX_BODY_BYTES)
      handler(request, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), response)
    else sendJson(response, 413, { error: `Body over ${MAX_BODY_BYTES} bytes` }, { connection: 'close' })
  })
  // A client that goes away in the middle is its own loss; without a listener it would end the process.
  request.on('error', () => {})
  response.on('error', () => {})
}
