/** Servers on loopback that misbehave in one way each, for the tests of everything that talks to servers. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers) close()
})

export interface HostileServer {
  readonly origin: string
  readonly port: number
  /** Connections accepted so far. */
  connections(): number
  /** Ends it and all its connections. */
  close(): void
}

/** Calls `onRequest` for every chunk that a client sends: one per request, as long as requests are small. */
export async function hostileServer(
  onRequest: (socket: Socket, request: string) => void,
): Promise<HostileServer> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => onRequest(socket, data.toString('latin1')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  closers.push(close)
  return { origin: `http://127.0.0.1:${port}`, port, connections: () => sockets.length, close }
}

/** Nobody listens there: only the system's own services may, and this one is long out of use. */
export const DESERTED = 'http://127.0.0.1:1'

/** A whole reply in HTTP/1.1. */
export function reply(status: number, body: string, headers = ''): string {
  return `HTTP/1.1 ${status} Whatever\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`
}
