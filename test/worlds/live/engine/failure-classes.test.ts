/** Every way in which a target can fail its clients: the class and the detail, and that the next request is no worse off. */
import { spawnSync } from 'node:child_process'
import type { Socket } from 'node:net'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { DESERTED, hostileServer, reply } from '../hostile-server.ts'
import { ask, begin, clientOf } from './ask.ts'

const MIB = 1024 * 1024

/** What comes of one request to a server that does this, and how many connections a second one finds. */
async function outcomeOf(
  onRequest: (socket: Socket) => void,
  stage?: object,
): Promise<{ failure: string | null; failureDetail?: string; connections: number }> {
  let first = true
  const server = await hostileServer((socket) => {
    if (first) onRequest(socket)
    else socket.write(reply(200, 'fine'))
    first = false
  })
  const client = clientOf(server.origin, { connections: { per: 'pool', most: 1 } })
  const exchange = begin(client)
  if (stage !== undefined) {
    // Where the machine is busy, it takes its time until it has come so far.
    await vi.waitFor(() => expect(exchange).toMatchObject(stage), { timeout: 5_000 })
    setTimeout(() => exchange.end('timeout'), 50)
  }
  const { failure, failureDetail } = await exchange.result
  const next = await ask(client)
  expect([next.status, next.body.toString(), next.failure]).toEqual([200, 'fine', null])
  expect(exchange.events.filter((event) => event === 'ended')).toHaveLength(1)
  return {
    failure,
    ...(failureDetail === undefined ? {} : { failureDetail }),
    connections: server.connections(),
  }
}

describe('a target that cannot be reached', () => {
  it('refuses', async () => {
    const { failure, failureDetail } = await ask(clientOf(DESERTED))
    expect([failure, failureDetail]).toEqual(['connect', 'ECONNREFUSED'])
  })

  it('has a name that leads nowhere', async () => {
    const { failure, failureDetail } = await ask(clientOf('http://nowhere.invalid'))
    expect(failure).toBe('dns')
    // Without a resolver there is not even that answer.
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(failureDetail)
  })

  it('takes no connection within its time', async () => {
    // A full backlog: a listener that never accepts, on a platform that has a tiny one, is no test. TEST-NET-1 is nobody's.
    const { failure, failureDetail } = await ask(clientOf('http://192.0.2.1', { connectTimeoutMs: 60 }))
    expect(failure).toBe('connect')
    // Where there is no way at all to elsewhere, the system says so at once.
    expect(['UND_ERR_CONNECT_TIMEOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'ECONNREFUSED']).toContain(
      failureDetail,
    )
  })

  it('costs nothing but the attempt: the next one tries again', async () => {
    const client = clientOf(DESERTED, { connections: { per: 'pool', most: 1 } })
    const results = await Promise.all([1, 2, 3].map(() => ask(client)))
    expect(results.map(({ failure }) => failure)).toEqual(['connect', 'connect', 'connect'])
  })
})

describe('a target that answers badly loses the connection', () => {
  it.each<[string, string, string, (socket: Socket) => void]>([
    ['hangs up at once', 'reset', 'other side closed', (socket) => socket.end()],
    ['resets', 'reset', 'ECONNRESET', (socket) => socket.resetAndDestroy()],
    [
      'hangs up in the head',
      'reset',
      'other side closed',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
    ],
    [
      'hangs up in the body',
      'reset',
      'other side closed',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    ],
    [
      'speaks something else',
      'framing',
      'Expected HTTP/, RTSP/ or ICE/',
      (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
    ],
    [
      'sends garbage',
      'framing',
      'Expected HTTP/, RTSP/ or ICE/',
      (socket) => socket.write(Buffer.alloc(500, 0xfe)),
    ],
    [
      'has a chunk that is none',
      'framing',
      'Invalid character in chunk size',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'),
    ],
    [
      'says less than it sends',
      'framing',
      'Expected HTTP/, RTSP/ or ICE/',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP or not\r\n'),
    ],
    [
      'upgrades unasked',
      'framing',
      'bad upgrade',
      (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    ],
    [
      'has endless headers',
      'too-large',
      'UND_ERR_HEADERS_OVERFLOW',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x-a: bbbbbbbb\r\n'.repeat(9000)}`),
    ],
  ])('where it %s: %s', async (name, failure, detail, onRequest) => {
    const outcome = await outcomeOf(onRequest)
    // What comes behind a whole answer harms nobody but the connection.
    if (name === 'says less than it sends') expect(outcome).toEqual({ failure: null, connections: 2 })
    else expect(outcome).toEqual({ failure, failureDetail: detail, connections: 2 })
  })

  it.each<[string, string, (socket: Socket) => void]>([
    ['says nothing', 'waiting for the answer', () => {}],
    [
      'has a body that never ends',
      'in the body',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
        const timer = setInterval(() => socket.write('1\r\na\r\n'), 5)
        socket.once('close', () => clearInterval(timer))
      },
    ],
    [
      'says more than it sends',
      'in the body',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nabc'),
    ],
    [
      'answers letter by letter',
      'waiting for the answer',
      (socket) => {
        const letters = [...reply(200, 'slow').repeat(9)]
        const timer = setInterval(() => socket.write(letters.shift()!), 20)
        socket.once('close', () => clearInterval(timer))
      },
    ],
  ])('where it %s: patience ends it', async (_, detail, onRequest) => {
    const stage = detail === 'in the body' ? { status: 200 } : { events: ['assigned', 'sent'] }
    const outcome = await outcomeOf(onRequest, stage)
    expect(outcome).toEqual({ failure: 'timeout', failureDetail: detail, connections: 2 })
  })

  it('where it sends 100 MB: cut off behind the bound', async () => {
    let sent = 0
    const outcome = await outcomeOf((socket) => {
      const block = Buffer.alloc(MIB, 97)
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${100 * MIB}\r\n\r\n`)
      const more = (): void => {
        while (!socket.destroyed && sent < 100) {
          sent++
          if (!socket.write(block)) return void socket.once('drain', more)
        }
      }
      more()
    })
    expect(outcome).toEqual({ failure: 'too-large', failureDetail: 'body', connections: 2 })
    expect(sent).toBeLessThan(60)
  })

  it('where it closes every connection, every time', async () => {
    const server = await hostileServer((socket) => socket.destroy())
    const client = clientOf(server.origin, { connections: { per: 'pool', most: 2 } })
    const results = await Promise.all(Array.from({ length: 20 }, () => ask(client)))
    expect(new Set(results.map(({ failure }) => failure))).toEqual(new Set(['reset']))
    expect(server.connections()).toBe(20)
  })
})

it('says how far a request had come that was given up', async () => {
  const server = await hostileServer(() => {})
  const client = clientOf(server.origin, { connections: { per: 'pool', most: 1 } })
  const [sent, waiting] = [begin(client), begin(client)]
  await vi.waitFor(() => expect(sent.events).toContain('sent'))
  for (const exchange of [waiting, sent]) exchange.end('timeout')
  expect((await waiting.result).failureDetail).toBe('waiting for a connection')
  expect((await sent.result).failureDetail).toBe('waiting for the answer')
  const connecting = begin(clientOf('http://192.0.2.1'))
  connecting.end('aborted')
  expect(await connecting.result).toMatchObject({ failure: 'aborted', failureDetail: 'connecting' })
})

it('does not blame the target for what is no request', async () => {
  const server = await hostileServer((socket) => socket.write(reply(200, '')))
  const client = clientOf(server.origin)
  const result = await ask(client, { headers: ['x-a', 'line\nbreak'] })
  expect(result).toMatchObject({ failure: 'aborted', failureDetail: 'invalid x-a header' })
  expect((await ask(client, { path: '/a b' })).failureDetail).toBe('invalid request path')
  expect(server.connections()).toBe(0)
  expect((await ask(client)).status).toBe(200)
})

describe('a generator that has run out of files', () => {
  it.skipIf(process.platform === 'win32')('says so, and goes on', () => {
    const script = `
      import { createServer } from 'node:net'
      import { openSync } from 'node:fs'
      import { HttpClient } from ${JSON.stringify(path.resolve('src/worlds/live/engine/http-client.ts'))}
      const server = createServer((socket) => socket.on('data', () => socket.write('HTTP/1.1 204 X\\r\\n\\r\\n')))
      server.listen(0, '127.0.0.1', () => {
        const client = new HttpClient('http://127.0.0.1:' + server.address().port, 64)
        const held = []
        try { for (;;) held.push(openSync('/dev/null')) } catch {}
        client.send({ method: 'GET', path: '/', headers: [] }, ({ failure, failureDetail }) => {
          console.log(failure + ' ' + failureDetail)
          process.exit()
        })
      })`
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 128 && exec "$0" --import tsx --input-type=module -e "$1"', process.execPath, script],
      { encoding: 'utf8' },
    )
    expect(stdout.trim() || stderr).toBe('resources EMFILE')
  })
})
