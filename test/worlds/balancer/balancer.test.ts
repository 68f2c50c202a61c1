/** The balancer in front of servers that break: what it tells the client, the policy and the records. */
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DESERTED, hostileServer, reply } from '../live/hostile-server.ts'
import { type Raised, raise } from './raised-balancer.ts'

const TRACE = 'ab'.repeat(16)
const report = { cpu: 0.5, memory: 0.5, queueDepth: 0 }
const fine = () => hostileServer((socket) => socket.write(reply(200, '{}')))
const ask = ({ url }: Raised, init: RequestInit = {}) => fetch(`${url}/api/users/me`, init)

describe('an upstream that breaks', () => {
  it.each<[string, () => Promise<string>]>([
    ['is not there', async () => DESERTED],
    ['hangs up', async () => (await hostileServer((socket) => socket.destroy())).origin],
    ['speaks no HTTP', async () => (await hostileServer((socket) => socket.write('hello\r\n'))).origin],
    [
      'has a control character in a header',
      async () => (await hostileServer((socket) => socket.write(reply(200, '{}', 'x-a: b\x01c\r\n')))).origin,
    ],
    [
      'says two lengths',
      async () =>
        (await hostileServer((socket) => socket.write(reply(200, '{}', 'content-length: 3\r\n')))).origin,
    ],
    [
      'switches protocols unasked',
      async () =>
        (
          await hostileServer((socket) =>
            socket.write('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
          )
        ).origin,
    ],
    [
      'has a head without an end',
      async () =>
        (
          await hostileServer((socket) =>
            socket.write(`HTTP/1.1 200 OK\r\n${'x-filler: aaaaaaaaaaaaaaaaaaaa\r\n'.repeat(2000)}`),
          )
        ).origin,
    ],
    [
      'dies before the first of the body that it promised',
      async () =>
        (await hostileServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n'))).origin,
    ],
  ])('because it %s is a 502 with a body of JSON, and a failure of the instance', async (_, origin) => {
    const balancer = await raise([await origin()])
    const answer = await ask(balancer, { headers: { 'x-trace-id': TRACE } })
    expect(answer.status).toBe(502)
    expect(answer.headers.get('x-trace-id')).toBe(TRACE)
    expect(((await answer.json()) as { error: string }).error).toMatch(/^Upstream failed: /)
    expect(balancer.answers).toEqual([{ instance: 0, failed: true }])
    expect(balancer.router.instances[0]!.inFlight).toBe(0)
  })

  it('of which there is no connection is told of, with the reason, but not for every request', async () => {
    const balancer = await raise([DESERTED])
    for (let i = 0; i < 3; i++) expect((await ask(balancer)).status).toBe(502)
    expect(balancer.messages).toEqual([
      expect.stringMatching(/^http:\/\/\S+: cannot be reached: .*ECONNREFUSED/),
    ])
  })

  it('is recorded with status 0 and the kind of the failure', async () => {
    const balancer = await raise([DESERTED])
    await ask(balancer)
    await ask(balancer)
    expect(balancer.records()[0]).toMatchObject({
      outcome: { status: 0, failure: 'connect', queueMs: null, workMs: null },
      rewards: { error: -1 },
    })
  })

  it('is a framing failure if what it says is not HTTP, and the connection is not used again', async () => {
    const garbled = await hostileServer((socket) => socket.write('garbage\r\n\r\n'))
    const balancer = await raise([garbled.origin])
    await ask(balancer)
    await ask(balancer)
    expect(balancer.records()[0].outcome).toMatchObject({ status: 0, failure: 'framing' })
    expect(garbled.connections()).toBe(2)
  })

  it('is given up when it does not answer in time: a 504', async () => {
    let hungUp: () => void
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve
    })
    const silent = await hostileServer((socket) => socket.once('close', () => hungUp()))
    const balancer = await raise([silent.origin], { timeouts: { answerMs: 100 } })
    const answer = await ask(balancer)
    expect([answer.status, await answer.json()]).toEqual([504, { error: 'Upstream failed: timeout' }])
    await ask(balancer)
    expect(balancer.records()[0].outcome).toMatchObject({ status: 0, failure: 'timeout' })
    await closed
  })

  it('does not stop the others', async () => {
    const balancer = await raise([DESERTED, (await fine()).origin])
    const statuses = [
      (await ask(balancer)).status,
      (await ask(balancer)).status,
      (await ask(balancer)).status,
    ]
    expect(statuses).toEqual([502, 200, 502])
  })

  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nhalf'],
    ['in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])(
    'in the middle of a body %s breaks the connection of the client: never a short body',
    async (_, half) => {
      const upstream = await hostileServer((socket) => {
        socket.write(half)
        setTimeout(() => socket.destroy(), 50)
      })
      const balancer = await raise([upstream.origin])
      await expect(ask(balancer).then((answer) => answer.text())).rejects.toThrow()
      await ask(balancer).catch(() => {})
      expect(balancer.records()[0].outcome).toMatchObject({ status: 0, failure: 'reset' })
    },
  )

  it('or says more than it promised: the client gets what was promised, and nobody what follows', async () => {
    const upstream = await hostileServer((socket) =>
      socket.write(`${reply(200, 'ok')}HTTP/1.1 200 OK\r\n\r\nmore`),
    )
    const balancer = await raise([upstream.origin])
    expect(await (await ask(balancer)).text()).toBe('ok')
    expect(await (await ask(balancer)).text()).toBe('ok')
  })
})

describe('a client that goes away', () => {
  let sockets: Socket[]
  const slow = async () => {
    sockets = []
    return (await hostileServer((socket) => sockets.push(socket))).origin
  }

  /** Asks, and goes away when the instance has the request. */
  async function askAndLeave(balancer: Raised): Promise<void> {
    const leaving = new AbortController()
    const asked = ask(balancer, { signal: leaving.signal }).catch(() => 'gone')
    while (sockets.length === 0) await delay(1)
    leaving.abort()
    expect(await asked).toBe('gone')
  }

  it('leaves the decision with the outcome that it has in the end, and nothing in flight', async () => {
    const balancer = await raise([await slow()])
    await askAndLeave(balancer)
    expect(balancer.router.instances[0]!.inFlight).toBe(1)
    sockets[0]!.write(reply(200, '{}'))
    while (balancer.router.instances[0]!.inFlight > 0) await delay(1)
    expect(balancer.answers).toEqual([{ instance: 0, failed: false }])
    await balancer.balancer.close()
    expect(balancer.records()[0].outcome).toMatchObject({ status: 200, failure: null })
  })

  it('does not keep the connection to an instance that never answers', async () => {
    const balancer = await raise([await slow()], { timeouts: { answerMs: 100 } })
    await askAndLeave(balancer)
    while (!sockets[0]!.destroyed) await delay(1)
    expect(balancer.answers).toEqual([{ instance: 0, failed: true }])
  })

  it('in the middle of a long answer costs the instance nothing but its connection', async () => {
    const upstream = await hostileServer((socket) => {
      sockets = [socket]
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n')
      const pump = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
        socket.once('drain', pump)
      }
      pump()
    })
    const balancer = await raise([upstream.origin])
    const leaving = new AbortController()
    const answer = await ask(balancer, { signal: leaving.signal })
    expect(answer.status).toBe(200)
    leaving.abort()
    while (!sockets[0]!.destroyed) await delay(1)
    expect(balancer.answers).toEqual([{ instance: 0, failed: false }])
    expect(balancer.router.instances[0]!.inFlight).toBe(0)
  })
})

describe('being closed with requests under way', () => {
  it('says nothing of the instances: they are recorded without an outcome', async () => {
    const balancer = await raise([(await hostileServer(() => {})).origin])
    const asked = ask(balancer).catch(() => undefined)
    while (balancer.router.instances[0]!.inFlight === 0) await delay(5)
    await balancer.balancer.close()
    await asked
    expect(balancer.answers).toEqual([])
    expect(balancer.records()).toMatchObject([{ outcome: null, truncated: true }])
  })
})

describe('an instance that is not healthy', () => {
  it('gets no request', async () => {
    const balancer = await raise([DESERTED, (await fine()).origin])
    balancer.router.onReport(0, { ...report, healthy: false }, 0)
    expect([(await ask(balancer)).status, (await ask(balancer)).status]).toEqual([200, 200])
  })

  it('and is the last makes a 503 that says when to try again, without a decision', async () => {
    const balancer = await raise([DESERTED])
    balancer.router.onReport(0, { ...report, healthy: false }, 0)
    const answer = await ask(balancer)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await answer.json()).toEqual({ error: 'No healthy instances available for service: demo' })
    expect([balancer.answers, balancer.sheds, balancer.service.traffic.shed]).toEqual([[], 1, 1])
    await balancer.balancer.close()
    expect(balancer.records()).toEqual([])
  })
})

describe('what passes through', () => {
  it('is status, headers and body as they are, but for those of one connection', async () => {
    const headers =
      'content-type: text/plain\r\nx-custom: a\r\nx-hop: b\r\nconnection: keep-alive, x-hop\r\nkeep-alive: timeout=5\r\n'
    const upstream = await hostileServer((socket) => socket.write(reply(418, 'teapot', headers)))
    const balancer = await raise([upstream.origin])
    const answer = await ask(balancer)
    expect([answer.status, await answer.text()]).toEqual([418, 'teapot'])
    expect(answer.headers.get('x-custom')).toBe('a')
    expect(answer.headers.get('x-hop')).toBe(null)
    expect(answer.headers.get('keep-alive')).not.toBe('timeout=5')
    expect(answer.headers.get('x-loadgen-instance')).toBe('demo-1')
  })

  it('is the request of the client, without the headers of its connection', async () => {
    let seen = ''
    const upstream = await hostileServer((socket, request) => {
      seen = request
      socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    })
    const balancer = await raise([upstream.origin])
    const answer = await fetch(`${balancer.url}/api/a%20b?c=d`, {
      method: 'POST',
      body: '{"e":1}',
      headers: { authorization: 'Bearer x', 'x-trace-id': TRACE },
    })
    expect(answer.status).toBe(204)
    expect(seen).toMatch(/^POST \/api\/a%20b\?c=d HTTP\/1\.1\r\n/)
    expect(seen).toContain(`host: ${new URL(upstream.origin).host}\r\n`)
    expect(seen).toContain('authorization: Bearer x\r\n')
    expect(seen.match(/x-trace-id/gi)).toHaveLength(1)
    expect(seen.endsWith('\r\n\r\n{"e":1}')).toBe(true)
  })

  it('has the split of the latency that the upstream tells', async () => {
    const timing = 'server-timing: queue;dur=1.500, work;dur=20.25, depth;desc=3\r\n'
    const upstream = await hostileServer((socket) => socket.write(reply(200, '{}', timing)))
    const balancer = await raise([upstream.origin])
    await ask(balancer)
    await ask(balancer)
    expect(balancer.records()[0].outcome).toMatchObject({ queueMs: 1.5, workMs: 20.25 })
  })
})
