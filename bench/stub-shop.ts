/** A server that answers whatever a session asks at once: what is measured is the client. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const BODY = Buffer.from(
  JSON.stringify({ token: 'stub', user: { id: 1 }, items: [], orderNumber: 'ORD-1', status: 'UP' }),
)
const HEADERS = { 'content-type': 'application/json', 'content-length': BODY.length }

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, HEADERS)
  response.end(BODY)
})
server.listen(0, '127.0.0.1', () => {
  process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('disconnect', () => process.exit())
