/** A TCP port in front of a server, which can be killed as the server itself cannot: nobody listens, all are cut off. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface MortalFront {
  readonly url: string
  kill(): void
}

export async function mortalFront(url: string): Promise<MortalFront> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.setNoDelay(true)
      one.pipe(other)
      one.on('error', () => {})
      one.once('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kill: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
