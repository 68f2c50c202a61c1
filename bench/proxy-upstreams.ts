/** Three upstreams that answer 1 KB of JSON at once: what is measured is the proxy in front of them. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const BODY = Buffer.from(JSON.stringify({ data: 'x'.repeat(1013) }))
const HEADERS = { 'content-type': 'application/json', 'content-length': BODY.length }

async function upstream(): Promise<number> {
  const server: Server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, HEADERS)
    response.end(BODY)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

process.send!(await Promise.all([upstream(), upstream(), upstream()]))
process.on('disconnect', () => process.exit())
