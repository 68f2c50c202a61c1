import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { errors } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import type { FailureKind } from '../../../../src/core/index.ts'
import { failureOf, type HttpCall, HttpClient, type HttpResult } from '../../../../src/worlds/index.ts'
import { DESERTED, hostileServer, reply } from '../hostile-server.ts'

const MIB = 1024 * 1024
const GET: HttpCall = { method: 'GET', path: '/', headers: [] }
const NOTHING = { status: 0, headers: {}, failure: null }

const clients: HttpClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

function clientOf(origin: string, connections = 1): HttpClient {
  const client = new HttpClient(origin, connections)
  clients.push(client)
  return client
}

interface Sent {
  readonly result: Promise<HttpResult>
  readonly abort: (reason: FailureKind) => void
  /** How often `done` has been called. */
  readonly calls: () => number
}

function send(client: HttpClient, call: HttpCall = GET): Sent {
  let calls = 0
  let resolve: (result: HttpResult) => void
  const result = new Promise<HttpResult>((settle) => {
    resolve = settle
  })
  const abort = client.send(call, (received) => {
    calls++
    resolve(received)
  })
  return { result, abort, calls: () => calls }
}

/** What comes of a request to a server that does this; `done` must have been called once, also later on. */
async function outcomeOf(onRequest: (socket: Socket) => void): Promise<HttpResult> {
  const server = await hostileServer(onRequest)
  const sent = send(clientOf(server.origin))
  const result = await sent.result
  await delay(30)
  sent.abort('timeout')
  expect(sent.calls()).toBe(1)
  return result
}

describe('a good server', () => {
  it('gives status, headers and a body in one piece', async () => {
    const result = await outcomeOf((socket) => {
      socket.write('HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\nx-a: 1\r\nx-b: 2\r\nx-b: 3\r\n\r\n')
      for (const piece of ['ab', 'cde', 'f']) socket.write(`${piece.length}\r\n${piece}\r\n`)
      socket.write('0\r\n\r\n')
    })
    expect(result).toMatchObject({ status: 201, failure: null, headers: { 'x-a': '1', 'x-b': ['2', '3'] } })
    expect(result.body.toString()).toBe('abcdef')
  })

  it('may have no body at all', async () => {
    const result = await outcomeOf((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    expect(result).toMatchObject({ status: 204, failure: null })
    expect(result.body).toHaveLength(0)
  })

  it('is sent method, path, headers and body as they are, over one connection again and again', async () => {
    const seen: string[] = []
    const server = await hostileServer((socket, request) => {
      seen.push(request)
      socket.write(reply(200, '{}'))
    })
    const client = clientOf(server.origin)
    const call: HttpCall = { method: 'PUT', path: '/a?b=%20', headers: ['x-one', '1'], body: '{"c":"ü"}' }
    for (let i = 0; i < 3; i++) await send(client, call).result
    expect(server.connections()).toBe(1)
    expect(seen).toHaveLength(3)
    expect(seen[0]).toMatch(/^PUT \/a\?b=%20 HTTP\/1\.1\r\n/)
    expect(seen[0]).toContain('\r\nx-one: 1\r\n')
    expect(seen[0]).toContain('\r\ncontent-length: 10\r\n')
    expect(Buffer.from(seen[0]!, 'latin1').toString().endsWith('\r\n\r\n{"c":"ü"}')).toBe(true)
  })
})

describe('a hostile server', () => {
  it('that is not there is a connect failure', async () => {
    const sent = send(clientOf(DESERTED))
    expect(await sent.result).toMatchObject({ ...NOTHING, failure: 'connect' })
    expect(sent.calls()).toBe(1)
  })

  it.each<[string, FailureKind, (socket: Socket) => void]>([
    ['hangs up instead of an answer', 'reset', (socket) => socket.destroy()],
    ['hangs up politely instead of an answer', 'reset', (socket) => socket.end()],
    ['resets the connection', 'reset', (socket) => socket.resetAndDestroy()],
    ['hangs up in the headers', 'reset', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
    [
      'hangs up in the body',
      'reset',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    ],
    ['speaks no HTTP', 'framing', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')],
    ['sends binary garbage', 'framing', (socket) => socket.write(Buffer.alloc(500, 0xfe))],
    [
      'has a broken chunk',
      'framing',
      (s) => s.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'),
    ],
    [
      'has a length that is none',
      'framing',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n'),
    ],
    [
      'has endless headers',
      'too-large',
      (s) => s.write(`HTTP/1.1 200 OK\r\n${'x-a: bbbbbbbb\r\n'.repeat(9000)}`),
    ],
  ])('that %s is a failure: %s', async (_, failure, onRequest) => {
    const result = await outcomeOf(onRequest)
    expect(result).toMatchObject({ ...NOTHING, failure })
    expect(result.body).toHaveLength(0)
  })

  it('that sends more than 8 MiB is cut off: too-large', async () => {
    let sent = 0
    const result = await outcomeOf((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      const block = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 97), Buffer.from('\r\n')])
      const more = () => {
        while (!socket.destroyed && sent < 200 * MIB) {
          sent += 65_536
          if (!socket.write(block)) return socket.once('drain', more)
        }
      }
      more()
    })
    expect(result).toMatchObject({ ...NOTHING, failure: 'too-large' })
    expect(sent).toBeLessThan(100 * MIB)
  })

  it('may send just under 8 MiB', async () => {
    const body = 'a'.repeat(8 * MIB)
    const result = await outcomeOf((socket) => socket.write(reply(200, body)))
    expect(result.failure).toBeNull()
    expect(result.body).toHaveLength(8 * MIB)
  })

  it('harms no later request over a new connection', async () => {
    let first = true
    const server = await hostileServer((socket) => {
      if (first) socket.write('garbage\r\n')
      else socket.write(reply(200, 'fine'))
      first = false
    })
    const client = clientOf(server.origin)
    expect((await send(client).result).failure).toBe('framing')
    expect((await send(client).result).body.toString()).toBe('fine')
  })
})

describe('ending an exchange early', () => {
  it.each(['timeout', 'aborted'] as const)('of a server that hangs gives the reason: %s', async (reason) => {
    const server = await hostileServer(() => {})
    const sent = send(clientOf(server.origin))
    await delay(20)
    sent.abort(reason)
    sent.abort('reset')
    expect(await sent.result).toMatchObject({ ...NOTHING, failure: reason })
    await delay(20)
    expect(sent.calls()).toBe(1)
  })

  it('in mid-body gives the reason as well', async () => {
    const server = await hostileServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    )
    const sent = send(clientOf(server.origin))
    await delay(50)
    sent.abort('timeout')
    expect(await sent.result).toMatchObject({ ...NOTHING, failure: 'timeout' })
    expect(sent.calls()).toBe(1)
  })

  it('of a request that still waits for a connection never sends it', async () => {
    const seen: Socket[] = []
    const server = await hostileServer((socket) => seen.push(socket))
    const client = clientOf(server.origin)
    const first = send(client)
    const second = send(client)
    await delay(30)
    second.abort('timeout')
    expect((await second.result).failure).toBe('timeout')
    seen[0]!.write(reply(200, 'late'))
    expect((await first.result).body.toString()).toBe('late')
    await delay(30)
    expect([seen.length, first.calls(), second.calls()]).toEqual([1, 1, 1])
  })

  it('comes too late once it is over', async () => {
    const server = await hostileServer((socket) => socket.write(reply(200, 'ok')))
    const sent = send(clientOf(server.origin))
    await sent.result
    sent.abort('timeout')
    expect(sent.calls()).toBe(1)
  })
})

it('fails what is under way when it is closed, and everything afterwards', async () => {
  const server = await hostileServer(() => {})
  const client = new HttpClient(server.origin, 2)
  const sent = [send(client), send(client), send(client)]
  await delay(20)
  await client.close()
  sent.push(send(client))
  for (const { result, calls } of sent) {
    expect(await result).toMatchObject({ ...NOTHING, failure: 'aborted' })
    expect(calls()).toBe(1)
  }
})

describe('failureOf', () => {
  const coded = (code: string) => Object.assign(new Error(code), { code })

  it.each<[FailureKind, Error]>([
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EMFILE'].map(
      (code): [FailureKind, Error] => ['connect', coded(code)],
    ),
    ['connect', new errors.ConnectTimeoutError()],
    ['framing', new errors.HTTPParserError('bad')],
    ['framing', new errors.HeadersOverflowError()],
    ['framing', new errors.ResponseExceededMaxSizeError()],
    ['aborted', new errors.RequestAbortedError()],
    ['aborted', new errors.ClientDestroyedError()],
    ['aborted', new errors.ClientClosedError()],
    ['reset', new errors.SocketError('other side closed')],
    ['reset', coded('ECONNRESET')],
    ['reset', coded('EPIPE')],
    ['reset', new Error('of no known kind')],
  ])('is %s for %s', (kind, error) => {
    expect(failureOf(error)).toBe(kind)
  })
})
