/** Bodies on their way through, in both directions: whole, in order, and never all in memory. */
import { createHash, randomBytes } from 'node:crypto'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { hostileServer, reply } from '../live/hostile-server.ts'
import { raise, rawAsk } from './raised-balancer.ts'

const MEGABYTE = 1024 * 1024
const LONG_BYTES = 100 * MEGABYTE
/** Far less than the body, far more than the buffers on its way. */
const MOST_HELD_BYTES = 40 * MEGABYTE

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler)
  servers.push(server)
  server.on('checkContinue', handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Highest resident memory while something goes on, above that at its start. */
async function growthOf(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 5)
  await work()
  clearInterval(watch)
  return Math.max(0, most - before)
}

/** The same bytes over and over: what is told is their digest. */
const block = randomBytes(MEGABYTE)
const digest = (bytes: number): string => {
  const hash = createHash('sha256')
  for (let left = bytes; left > 0; left -= block.length)
    hash.update(block.subarray(0, Math.min(left, block.length)))
  return hash.digest('hex')
}

async function* blocks(bytes: number): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length))
}

async function send(to: NodeJS.WritableStream, bytes: number): Promise<void> {
  for await (const part of blocks(bytes)) {
    if (!to.write(part)) await new Promise((resolve) => to.once('drain', resolve))
  }
  to.end()
}

async function digestOf(from: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of from) hash.update(part)
  return hash.digest('hex')
}

function upload(
  url: string,
  headers: object,
): { to: ReturnType<typeof httpRequest>; answer: Promise<IncomingMessage> } {
  const to = httpRequest(`${url}/up`, { method: 'PUT', headers: { ...headers } })
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    to.on('response', resolve).on('error', reject),
  )
  return { to, answer }
}

describe('100 MB', () => {
  it.each([
    ['with a length', { 'content-length': LONG_BYTES }],
    ['in chunks', {}],
  ])('come down %s, and are never there as a whole', async (_, headers) => {
    const origin = await serve((__, response) => {
      response.writeHead(200, headers)
      void send(response, LONG_BYTES)
    })
    const { url } = await raise([origin])
    let got = ''
    const growth = await growthOf(async () => {
      const answer = await fetch(url)
      got = await digestOf(answer.body as unknown as AsyncIterable<Buffer>)
    })
    expect(got).toBe(digest(LONG_BYTES))
    expect(growth).toBeLessThan(MOST_HELD_BYTES * 2)
  })

  it.each([
    ['with a length', { 'content-length': LONG_BYTES }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('go up %s, framed as they came', async (_, headers) => {
    let framed: unknown
    const origin = await serve(async (request, response) => {
      framed = [request.headers['content-length'], request.headers['transfer-encoding']]
      response.end(await digestOf(request))
    })
    const { url } = await raise([origin])
    const { to, answer } = upload(url, headers)
    await send(to, LONG_BYTES)
    const chunks: Buffer[] = []
    for await (const part of await answer) chunks.push(part as Buffer)
    expect(Buffer.concat(chunks).toString()).toBe(digest(LONG_BYTES))
    expect(framed).toEqual(
      'content-length' in headers ? [String(LONG_BYTES), undefined] : [undefined, 'chunked'],
    )
  })

  it('for a client that does not take them stay where they are', async () => {
    let sent = 0
    const origin = await serve((_, response) => {
      response.writeHead(200, { 'content-length': LONG_BYTES })
      response.on('error', () => {})
      const pump = (): void => {
        while (sent < LONG_BYTES && !response.destroyed) {
          sent += block.length
          if (!response.write(block)) return void response.once('drain', pump)
        }
      }
      pump()
    })
    const { url } = await raise([origin])
    const answer = await fetch(url)
    let before = -1
    while (sent !== before) {
      before = sent
      await delay(200)
    }
    expect(sent).toBeLessThan(LONG_BYTES / 2)
    await answer.body!.cancel()
  })

  it('to an instance that does not take them stay with the client', async () => {
    const origin = await serve((request) => void request.pause())
    const { port } = await raise([origin])
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${LONG_BYTES}\r\n\r\n`)
    const pump = (): void => {
      while (socket.write(block));
      socket.once('drain', pump)
    }
    pump()
    const sent = (): number => socket.bytesWritten - socket.writableLength
    let before = -1
    while (sent() !== before) {
      before = sent()
      await delay(200)
    }
    expect(sent()).toBeGreaterThan(0)
    expect(sent()).toBeLessThan(LONG_BYTES / 2)
    socket.destroy()
  })
})

describe('a body', () => {
  it('in small chunks that come together leaves in one piece with a length', async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' })
      response.end('{"a":1}')
    })
    const { port } = await raise([origin])
    const heard = await rawAsk(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(heard).toMatch(/\r\n\r\n(7\r\n)?\{"a":1\}/)
    expect(heard).toMatch(/content-length: 7|transfer-encoding: chunked/i)
  })

  it('that comes bit by bit is passed on bit by bit, its head first', async () => {
    let response: ServerResponse | undefined
    const origin = await serve((_, opened) => {
      response = opened
      opened.writeHead(200, { 'content-type': 'text/event-stream' })
      opened.flushHeaders()
    })
    const { url } = await raise([origin])
    const answer = await fetch(url)
    const reader = answer.body!.getReader()
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      response!.write(event)
      expect(Buffer.from((await reader.read()).value!).toString()).toBe(event)
    }
    response!.end()
    expect((await reader.read()).done).toBe(true)
  })

  it('for HTTP/1.0 ends with the connection', async () => {
    const origin = await serve((_, response) => {
      response.write('first ')
      setTimeout(() => response.end('second'), 50)
    })
    const { port } = await raise([origin])
    const heard = await rawAsk(port, 'GET / HTTP/1.0\r\n\r\n')
    expect(heard).not.toMatch(/transfer-encoding/i)
    expect(heard.endsWith('\r\n\r\nfirst second')).toBe(true)
  })

  it('of no length at all arrives as such', async () => {
    const origin = await serve((_, response) => response.end())
    const { url } = await raise([origin])
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  it('that a client breaks off is broken off at the instance, and is no failure of its', async () => {
    let broken: (value: unknown) => void
    const aborted = new Promise((resolve) => {
      broken = resolve
    })
    const origin = await serve((request) => request.on('error', () => broken(true)).resume())
    const { url, answers, router } = await raise([origin])
    const { to, answer } = upload(url, { 'content-length': LONG_BYTES })
    answer.catch(() => {})
    to.write(block)
    while (router.instances[0]!.inFlight === 0) await delay(1)
    to.destroy()
    await aborted
    while (router.instances[0]!.inFlight > 0) await delay(1)
    expect(answers).toEqual([])
  })

  it('that an instance does not want is answered before it has been sent', async () => {
    const upstream = await hostileServer((socket, request) => {
      if (request.startsWith('PUT ')) socket.write(reply(403, 'no'))
    })
    const { url } = await raise([upstream.origin])
    const { to, answer } = upload(url, { 'content-length': LONG_BYTES })
    to.on('error', () => {})
    to.write(block)
    const { statusCode, headers } = await answer
    expect([statusCode, headers.connection]).toEqual([403, 'close'])
    to.destroy()
  })
})

describe('a client that waits for 100 Continue', () => {
  const EXPECTING = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n'

  it('gets it, and then its answer', async () => {
    let expected: string | undefined
    const origin = await serve(async (request, response) => {
      expected = request.headers.expect
      const chunks: Buffer[] = []
      for await (const part of request) chunks.push(part as Buffer)
      response.end(Buffer.concat(chunks))
    })
    const { port } = await raise([origin])
    const heard = await rawAsk(port, [`${EXPECTING}Content-Length: 3\r\n\r\n`, 'abc'])
    expect(heard).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*abc$/)
    expect(expected).toBe(undefined)
  })

  it('of a body that is too long gets 413 instead', async () => {
    const { port } = await raise(['http://127.0.0.1:1'], { limits: { bodyBytes: 10 } })
    const heard = await rawAsk(port, `${EXPECTING}Content-Length: 11\r\n\r\n`)
    expect(heard).toMatch(/^HTTP\/1\.1 413 /)
  })
})

describe('without a body is', () => {
  it('the answer to HEAD, with the length that GET would have', async () => {
    const origin = await serve((_, response) => response.writeHead(200, { 'content-length': 1000 }).end())
    const { port } = await raise([origin])
    const heard = await rawAsk(port, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(heard).toContain('content-length: 1000\r\n')
    expect(heard.endsWith('\r\n\r\n')).toBe(true)
  })

  it.each([
    [204, 'content-length: 5\r\n', false],
    [304, 'content-length: 5\r\n', true],
  ])('a %i', async (status, header, keepsLength) => {
    const upstream = await hostileServer((socket) => socket.write(`HTTP/1.1 ${status} X\r\n${header}\r\n`))
    const { port } = await raise([upstream.origin])
    const heard = await rawAsk(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(/content-length/i.test(heard)).toBe(keepsLength)
    expect(heard.endsWith('\r\n\r\n')).toBe(true)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('a %s that has none', async (method) => {
    let framed: unknown
    const origin = await serve((request, response) => {
      framed = [request.method, request.headers['transfer-encoding']]
      response.end('ok')
    })
    const { url } = await raise([origin])
    expect(await (await fetch(url, { method })).text()).toBe('ok')
    expect(framed).toEqual([method, undefined])
  })
})

it('an answer in advance (1xx) is not taken for the answer', async () => {
  const origin = await serve((_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' })
    response.end('ok')
  })
  const { url } = await raise([origin])
  const answer = await fetch(url)
  expect([answer.status, await answer.text()]).toEqual([200, 'ok'])
})
