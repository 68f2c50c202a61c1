/** The least that a proxy of Node and undici must do: no policy, no limits, no checks, nothing counted. */
import { createServer, type ServerResponse } from 'node:http'
import { Client, type Dispatcher } from 'undici'

const [port, ...upstreams] = process.argv.slice(2)
const idle: Client[][] = upstreams.map(() => [])
let turn = 0

class Exchange implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse
  readonly #client: Client
  readonly #done: (client: Client) => void

  constructor(response: ServerResponse, client: Client, done: (client: Client) => void) {
    this.#response = response
    this.#client = client
    this.#done = done
  }

  onConnect(): void {}

  onHeaders(status: number, raw: Buffer[]): boolean {
    const headers: string[] = []
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i]!.toString('latin1')
      if (name !== 'Connection' && name !== 'Keep-Alive') headers.push(name, raw[i + 1]!.toString('latin1'))
    }
    this.#response.writeHead(status, headers)
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#response.end(chunk)
    return true
  }

  onComplete(): void {
    this.#done(this.#client)
  }

  onError(error: Error): void {
    throw error
  }
}

createServer((request, response) => {
  const place = turn++ % upstreams.length
  const client = idle[place]!.pop() ?? new Client(`http://127.0.0.1:${upstreams[place]}`, { pipelining: 1 })
  const exchange = new Exchange(response, client, (free) => idle[place]!.push(free))
  client.dispatch({ method: 'GET', path: request.url!, headers: [] }, exchange)
}).listen(Number(port), '127.0.0.1')
