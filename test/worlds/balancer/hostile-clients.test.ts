/** Clients that attack: what they send is refused, or understood in one way only, and never gets through as a request more. */
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { balancerMetrics } from '../../../src/worlds/balancer/admin/metrics.ts'
import { prometheusText } from '../../../src/worlds/balancer/admin/prometheus.ts'
import { type HostileServer, hostileServer, reply } from '../live/hostile-server.ts'
import { raise, rawAsk } from './raised-balancer.ts'

/** All that the upstream has been sent. */
let seen = ''
let upstream: HostileServer
beforeEach(async () => {
  seen = ''
  upstream = await hostileServer((socket, request) => {
    seen += request
    // One answer per request line, so that a smuggled one would be answered too.
    for (const _ of request.match(/^[A-Z]+ \S+ HTTP\/1\.1\r$/gm) ?? []) socket.write(reply(200, '{}'))
  })
})

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const post = (headers: string, body: string) => `POST /x HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`

describe('refused, and never sent on, is', () => {
  it.each<[string, number, string]>([
    ['CL.TE', 400, post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`)],
    [
      'TE.CL',
      400,
      post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `2e\r\n${SMUGGLED}\r\n0\r\n\r\n`),
    ],
    [
      'TE.TE, chunked last',
      501,
      post('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    ],
    [
      'TE.TE, chunked first',
      400,
      post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n', `0\r\n\r\n${SMUGGLED}`),
    ],
    [
      'a coding that only looks like chunked',
      501,
      post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`),
    ],
    ['chunked behind a vertical tab', 400, post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n')],
    ['chunked behind another coding', 501, post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
    ['a coding with a blank before the colon', 400, post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n')],
    ['a coding in HTTP/1.0', 400, 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 400, post('Content-Length: 5\r\nContent-Length: 6\r\n', 'abcdef')],
    ['two lengths in one', 400, post('Content-Length: 5, 6\r\n', 'abcdef')],
    ['a length with a sign', 400, post('Content-Length: +5\r\n', 'abcde')],
    ['a chunk size in C', 400, post('Transfer-Encoding: chunked\r\n', '0x3\r\nabc\r\n0\r\n\r\n')],
    [
      'a chunk size beyond all numbers',
      400,
      post('Transfer-Encoding: chunked\r\n', 'fffffffffffffffff\r\nabc'),
    ],
    ['chunks that end in a bare LF', 400, post('Transfer-Encoding: chunked\r\n', '3\nabc\n0\n\n')],
    ['a folded header', 400, 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n'],
    ['lines that end in a bare LF', 400, 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a header that ends in a bare LF', 400, 'GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n'],
    ['a bare CR in a header', 400, `GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rX-Injected: c\r\n\r\n`],
    ['a NUL in a header', 400, 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n'],
    ['a blank in the path', 400, 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a path beyond ASCII', 400, 'GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a method that there is not', 400, 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another HTTP', 505, 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
    ['no host', 400, 'GET / HTTP/1.1\r\n\r\n'],
    ['two hosts', 400, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['no HTTP at all', 400, 'hello\r\n\r\n'],
    ['the start of TLS', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['CONNECT', 501, 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
    ['an upgrade', 501, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    [
      'an expectation that nobody meets',
      417,
      post('Content-Length: 1\r\nConnection: close\r\nExpect: the-impossible\r\n', 'a'),
    ],
    ['* in place of a path', 404, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a head over the limit', 431, `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'b'.repeat(20_000)}\r\n\r\n`],
    ['a path over the limit', 431, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ])('%s', async (_, status, bytes) => {
    const { port } = await raise([upstream.origin])
    const heard = await rawAsk(port, bytes, 2_000)
    expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(heard.match(/^HTTP\/1\.1/gm)).toHaveLength(1)
    expect(seen).toBe('')
  })
})

describe('understood in one way only is', () => {
  it('an absolute URL: its host counts, not the header', async () => {
    const { port } = await raise([upstream.origin])
    const bytes = 'GET http://b.example/path?q HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n'
    expect(await rawAsk(port, bytes)).toMatch(/^HTTP\/1\.1 200 /)
    expect(seen).toMatch(/^GET \/path\?q HTTP\/1\.1\r\n/)
    expect(seen).toContain('x-forwarded-host: b.example\r\n')
    expect(seen).not.toContain('a.example')
  })

  it('a row of requests without a pause: as many answers, in order', async () => {
    const { port } = await raise([upstream.origin])
    const row = Array.from({ length: 5 }, (_, i) => `GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`).join('')
    const last = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
    const heard = await rawAsk(port, row + last)
    expect(heard.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(6)
    expect(seen.match(/^GET \/\S+/gm)).toHaveLength(6)
  })

  it('a request with more headers than Node counts: all of them, and the body', async () => {
    const { port } = await raise([upstream.origin])
    const many = 'a: b\r\n'.repeat(1_100)
    for (const [frame, body] of [
      ['Content-Length: 3', 'abc'],
      ['Transfer-Encoding: chunked', '3\r\nabc\r\n0\r\n\r\n'],
    ]) {
      seen = ''
      const heard = await rawAsk(port, post(`${many}${frame}\r\nConnection: close\r\n`, body!))
      expect(heard).toMatch(/^HTTP\/1\.1 200 /)
      expect(seen).toContain('abc')
    }
  })

  it('garbage behind a whole request: no refusal that could be taken for its answer', async () => {
    const slow = await hostileServer((socket) => void setTimeout(() => socket.write(reply(200, '{}')), 100))
    const { port } = await raise([slow.origin])
    const heard = await rawAsk(port, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\ngarbage\r\n\r\n', 2_000)
    expect(heard).not.toMatch(/^HTTP\/1\.1 400/m)
  })

  it('an offer of HTTP/2: the request itself, without the offer', async () => {
    const { port } = await raise([upstream.origin])
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
    const heard = await rawAsk(port, `GET /a HTTP/1.1\r\nHost: a\r\n${offer}\r\n`, 500)
    expect(heard).toMatch(/^HTTP\/1\.1 200 /)
    expect(seen).not.toMatch(/upgrade|http2/i)
  })

  it('a header that Connection names: it goes no further, but what frames the body does', async () => {
    const { port } = await raise([upstream.origin])
    const headers =
      'Connection: close, X-Secret, Content-Length, Host\r\nX-Secret: 1\r\nContent-Length: 3\r\n'
    expect(await rawAsk(port, post(headers, 'abc'))).toMatch(/^HTTP\/1\.1 200 /)
    expect(seen).not.toMatch(/x-secret/i)
    expect(seen).toMatch(/content-length: 3\r\n/)
  })

  it('what a client says of those in front of it: nothing of it is believed', async () => {
    const { port } = await raise([upstream.origin])
    const said =
      'X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n'
    await rawAsk(port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${said}\r\n`)
    expect(seen).not.toMatch(/1\.2\.3\.4|https/)
    expect(seen).toContain('x-forwarded-for: 127.0.0.1\r\nx-forwarded-proto: http\r\nx-forwarded-host: a\r\n')
  })

  it('unless it is told to: then it is added to', async () => {
    const headers = { trustForwarded: true, preserveHost: true, via: 'edge' }
    const { port } = await raise([upstream.origin], { headers })
    const said = 'X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nVia: 1.0 first\r\n'
    await rawAsk(port, `GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n${said}\r\n`)
    expect(seen).toContain('x-forwarded-for: 1.2.3.4, 127.0.0.1\r\nx-forwarded-proto: https\r\n')
    expect(seen).toContain('host: shop.example\r\n')
    expect(seen).toContain('via: 1.0 first, 1.1 edge\r\n')
  })

  it.each(['x', '', 'AB'.repeat(16), 'ab'.repeat(17)])(
    'a trace id that is none, "%s": a new one',
    async (id) => {
      const { port } = await raise([upstream.origin])
      const heard = await rawAsk(
        port,
        `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Trace-Id: ${id}\r\n\r\n`,
      )
      const [, trace] = /^x-trace-id: ([0-9a-f]{32})\r$/m.exec(seen)!
      expect(heard).toContain(`x-trace-id: ${trace}`)
      expect(seen.match(/x-trace-id/gi)).toHaveLength(1)
    },
  )
})

describe('too much is', () => {
  it('a body over the limit: 413 before any of it is sent on', async () => {
    const { port } = await raise([upstream.origin], { limits: { bodyBytes: 10 } })
    expect(await rawAsk(port, post('Content-Length: 11\r\n', 'a'.repeat(11)))).toMatch(/^HTTP\/1\.1 413 /)
    expect(seen).toBe('')
  })

  it('the same in chunks: 413 as soon as it is over', async () => {
    const { port, answers, router } = await raise([upstream.origin], { limits: { bodyBytes: 10 } })
    const heard = await rawAsk(port, [
      post('Connection: close\r\nTransfer-Encoding: chunked\r\n', '8\r\naaaaaaaa\r\n'),
      '8\r\naaaaaaaa\r\n0\r\n\r\n',
    ])
    expect(heard).toMatch(/^HTTP\/1\.1 (413|200) /)
    // It is not the instance that failed.
    expect(answers.filter(({ failed }) => failed)).toEqual([])
    expect(router.instances[0]!.inFlight).toBe(0)
  })

  it('time for a head: 408', async () => {
    const { port } = await raise([upstream.origin], { timeouts: { headersMs: 200 } })
    expect(await rawAsk(port, 'GET / HTTP/1.1\r\nHost: a\r\nX-A: ')).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('a head letter by letter: 408 all the same', async () => {
    const { port } = await raise([upstream.origin], { timeouts: { headersMs: 300 } })
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('data', (data) => (heard += data.toString('latin1'))).on('error', () => {})
    const drip = setInterval(() => socket.write('a'), 20)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-A: ')
    await new Promise((resolve) => socket.on('close', resolve))
    clearInterval(drip)
    expect(heard).toMatch(/^HTTP\/1\.1 408 /)
    expect(seen).toBe('')
  })

  it.each([
    ['short', 'Content-Length: 100\r\n', 'abc'],
    ['long', 'Content-Length: 1000000\r\n', 'abc'],
    ['chunked', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n'],
  ])('time for a %s body: 408, and no failure of the instance', async (_, header, start) => {
    const { port, answers, router } = await raise([upstream.origin], {
      timeouts: { bodyMs: 200 },
      // It answers requests when they begin: what it says to half of one is not what this is about.
      service: { instances: [{ id: 'mute', url: (await hostileServer(() => {})).origin, weight: 1 }] },
    })
    expect(await rawAsk(port, post(header, start))).toMatch(/^HTTP\/1\.1 408 /)
    expect(answers).toEqual([])
    expect(router.instances[0]!.inFlight).toBe(0)
  })

  it('a connection more than may be there', async () => {
    const { port } = await raise([upstream.origin], { limits: { connections: 1 } })
    const first = connect(port, '127.0.0.1')
    await new Promise((resolve) => first.on('connect', resolve))
    await delay(50)
    expect(await rawAsk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('')
    first.destroy()
  })

  it('a request more than a connection may carry: it is told to close', async () => {
    const { port } = await raise([upstream.origin], { limits: { requestsPerConnection: 2 } })
    const heard = await rawAsk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2))
    expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
    expect(heard.match(/^connection: close/gim)).toHaveLength(1)
  })

  it('a connection that nobody uses any more: it is closed', async () => {
    const { port } = await raise([upstream.origin], { timeouts: { idleMs: 200 } })
    expect(await rawAsk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 200/)
  })

  it('requests that wait for a connection to an instance: 503 with Retry-After', async () => {
    const mute = await hostileServer(() => {})
    const { url, router } = await raise([mute.origin], {
      limits: { connectionsPerInstance: 1, waitingPerInstance: 1 },
      timeouts: { answerMs: 500 },
    })
    const asked = [fetch(url), fetch(url)]
    while (router.instances[0]!.inFlight < 2) await delay(5)
    const third = await fetch(url)
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([504, 504])
  })
})

it('answers a whole request behind a broken one on another connection', async () => {
  const { port } = await raise([upstream.origin])
  await rawAsk(port, 'garbage\r\n\r\n')
  expect(await rawAsk(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 200/,
  )
})

it('counts whom it has turned away, by the reason', async () => {
  const { port, balancer } = await raise([upstream.origin], { limits: { bodyBytes: 10 } })
  await rawAsk(port, 'garbage\r\n\r\n')
  await rawAsk(port, post('Content-Length: 11\r\n', 'a'.repeat(11)))
  expect(balancer.refusals).toEqual({ malformed: 1, connections: 0, unserved: 1 })
  const lines = prometheusText(balancerMetrics(balancer))
  expect(lines).toContain('loadgen_refused_total{reason="malformed"} 1\n')
  expect(lines).toContain('loadgen_refused_total{reason="unserved"} 1\n')
})
