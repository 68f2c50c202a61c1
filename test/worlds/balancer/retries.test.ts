/** When a request is sent once more, or to two instances: only where that can do no harm, and within a budget. */
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DESERTED, hostileServer, reply } from '../live/hostile-server.ts'
import { raise } from './raised-balancer.ts'

const retries = { most: 1, on: ['connect', 'reset', '503'] as const, budget: null }
const fine = () => hostileServer((socket) => socket.write(reply(200, 'fine')))
const dying = () => hostileServer((socket) => socket.destroy())
const busy = () => hostileServer((socket) => socket.write(reply(503, 'busy')))

describe('another instance is asked', () => {
  it.each<[string, string, () => Promise<string>]>([
    ['GET', 'there is no connection', async () => DESERTED],
    ['GET', 'the connection breaks', async () => (await dying()).origin],
    ['GET', 'the status says so', async () => (await busy()).origin],
    ['PUT', 'the connection breaks', async () => (await dying()).origin],
    ['DELETE', 'the connection breaks', async () => (await dying()).origin],
    ['HEAD', 'the connection breaks', async () => (await dying()).origin],
    ['POST', 'there is no connection', async () => DESERTED],
  ])('for %s if %s', async (method, _, origin) => {
    const balancer = await raise([await origin(), (await fine()).origin], { retries })
    const body = method === 'PUT' || method === 'POST' ? { body: 'whole' } : {}
    const answer = await fetch(balancer.url, { method, ...body })
    expect([answer.status, answer.headers.get('x-loadgen-instance')]).toEqual([200, 'demo-2'])
    expect(balancer.answers.map(({ instance }) => instance)).toEqual([0, 1])
    expect(balancer.service.traffic.retries).toBe(1)
  })

  it('and both decisions are recorded, the second as a repetition of the first', async () => {
    const balancer = await raise([DESERTED, (await fine()).origin], { retries })
    await fetch(balancer.url)
    await balancer.balancer.close()
    const [first, second] = balancer.records()
    expect([first.outcome.failure, second.outcome.status]).toEqual(['connect', 200])
    expect([second.outcome.retryOf, second.trace]).toEqual([first.decision, first.trace])
  })
})

describe('no other instance is asked', () => {
  it.each<[string, string, () => Promise<string>, number]>([
    ['POST', 'the connection breaks', async () => (await dying()).origin, 502],
    ['PATCH', 'the connection breaks', async () => (await dying()).origin, 502],
    ['POST', 'the status says so', async () => (await busy()).origin, 503],
  ])('for %s if %s: it may have happened', async (method, _, origin, status) => {
    const other = await fine()
    const balancer = await raise([await origin(), other.origin], { retries })
    expect((await fetch(balancer.url, { method, body: 'x' })).status).toBe(status)
    expect(other.connections()).toBe(0)
  })

  it('once the client has some of the answer', async () => {
    const other = await fine()
    const half = await hostileServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nhalf')
      setTimeout(() => socket.destroy(), 20)
    })
    const balancer = await raise([half.origin, other.origin], { retries })
    await expect(fetch(balancer.url).then((answer) => answer.text())).rejects.toThrow()
    expect(other.connections()).toBe(0)
  })

  it('for a body that has streamed through', async () => {
    const other = await fine()
    const balancer = await raise([(await dying()).origin, other.origin], {
      retries,
      limits: { bufferBytes: 2 },
    })
    expect((await fetch(balancer.url, { method: 'PUT', body: 'long' })).status).toBe(502)
    expect(other.connections()).toBe(0)
  })

  it('if there is none, or not more often than agreed', async () => {
    const alone = await raise([DESERTED], { retries })
    expect((await fetch(alone.url)).status).toBe(502)
    const all = await raise([DESERTED, (await dying()).origin, (await fine()).origin], { retries })
    expect((await fetch(all.url)).status).toBe(502)
    expect(all.answers.map(({ instance }) => instance)).toEqual([0, 1])
  })

  it('for a failure that is not on the list', async () => {
    const other = await fine()
    const balancer = await raise([(await dying()).origin, other.origin], {
      retries: { ...retries, on: ['connect'] },
    })
    expect((await fetch(balancer.url)).status).toBe(502)
  })

  it('beyond the budget: 100 in 10 s, and no share of the requests', async () => {
    const balancer = await raise([DESERTED, DESERTED.replace(':1', ':2')], {
      retries: { ...retries, budget: 0 },
    })
    for (let i = 0; i < 120; i++) await fetch(balancer.url)
    expect(balancer.service.traffic.retries).toBe(100)
  })
})

describe('hedging', () => {
  const service = { policy: 'hedging(round-robin, afterMs=50)' }
  const slow = (afterMs: number) =>
    hostileServer((socket) => setTimeout(() => socket.write(reply(200, 'slow')), afterMs))

  it('sends a GET without an answer to another instance as well: the first answer counts', async () => {
    const balancer = await raise([(await slow(400)).origin, (await fine()).origin], { service })
    const answer = await fetch(balancer.url)
    expect(await answer.text()).toBe('fine')
    expect(balancer.service.traffic.hedges).toBe(1)
    // What becomes of the slow one is still worth knowing.
    while (balancer.answers.length < 2) await delay(5)
    expect(balancer.answers.map(({ instance, failed }) => [instance, failed])).toEqual([
      [1, false],
      [0, false],
    ])
    expect(balancer.router.instances.map(({ inFlight }) => inFlight)).toEqual([0, 0])
  })

  it('takes the answer of the first if the second is worse', async () => {
    const balancer = await raise([(await slow(200)).origin, (await slow(2000)).origin], { service })
    const answer = await fetch(balancer.url)
    expect(answer.headers.get('x-loadgen-instance')).toBe('demo-1')
  })

  it('waits for the other if one fails', async () => {
    const balancer = await raise([(await slow(300)).origin, (await dying()).origin], { service })
    expect(await (await fetch(balancer.url)).text()).toBe('slow')
  })

  it('leaves alone what is quick, and what is not safe', async () => {
    const balancer = await raise([(await fine()).origin, (await slow(150)).origin], { service })
    await fetch(balancer.url)
    await (await fetch(balancer.url, { method: 'POST', body: 'x' })).text()
    await delay(100)
    expect(balancer.service.traffic.hedges).toBe(0)
  })
})

describe('probes', () => {
  it('are sent for policies that want them, and what comes back is heard', async () => {
    let probes = 0
    const probed = () =>
      hostileServer((socket, request) => {
        if (!request.startsWith('GET /probe')) return void socket.write(reply(200, 'fine'))
        probes++
        socket.write(reply(200, '{"inFlight": 3, "latencyMs": null}'))
      })
    const balancer = await raise([(await probed()).origin, (await probed()).origin], {
      service: { policy: 'prequal', probePath: '/probe' },
    })
    for (let i = 0; i < 5; i++) expect((await fetch(balancer.url)).status).toBe(200)
    expect(probes).toBeGreaterThan(0)
  })
})

describe('a kept connection that the instance closes just as it is used again', () => {
  /** Answers the first request of a connection; the second one is not even read. */
  async function closing(): Promise<{ origin: string; requests: () => number }> {
    let requests = 0
    const known = new Set<Socket>()
    const { origin } = await hostileServer((socket) => {
      requests++
      if (known.has(socket)) return void socket.destroy()
      known.add(socket)
      socket.write(reply(200, '{}'))
    })
    return { origin, requests: () => requests }
  }

  it('costs nobody anything if the request may be sent again, not even where there is one instance only', async () => {
    const { origin, requests } = await closing()
    const { url, answers } = await raise([origin], { retries: { most: 1 } })
    for (const method of ['GET', 'GET', 'PUT', 'DELETE']) {
      expect((await fetch(url, { method })).status).toBe(200)
    }
    expect(answers.map(({ failed }) => failed)).toEqual([false, false, false, false])
    expect(requests()).toBe(7)
  })

  it.each<[string, string, number]>([
    ['it may not', 'POST', 1],
    ['nothing is to be tried again', 'GET', 0],
  ])('is a 502 if %s', async (_, method, most) => {
    const { origin, requests } = await closing()
    const { url } = await raise([origin], { retries: { most } })
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url, { method })).status).toBe(502)
    expect(requests()).toBe(2)
  })
})
