/** The balancer in front of servers that break: what it tells the client, the policy and the records. */
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import type { ExperienceLog } from '../../../src/experience/index.ts'
import { policyFactory, type ServiceRouter } from '../../../src/routing/index.ts'
import { SERVICES } from '../../../src/scenario/index.ts'
import { Shop } from '../../../src/shop/index.ts'
import {
  createExperienceLog,
  createRouters,
  DecisionStatistics,
  HttpClient,
} from '../../../src/worlds/index.ts'
import { Balancer } from '../../../src/worlds/live/balancer-server.ts'
import { type RunningServer, startHttpServer } from '../../../src/worlds/live/http-server.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { DESERTED, hostileServer, reply } from './hostile-server.ts'

const USER = SERVICES.indexOf('user-service')
/** The balancer's patience, for those who change it. */
let timeoutMs: number
beforeEach(() => {
  timeoutMs = 100
})
const report = { cpu: 0.5, memory: 0.5, queueDepth: 0 }

let front: RunningServer
let clients: HttpClient[]
let router: ServiceRouter
let decisions: DecisionStatistics
let lines: string[]
let log: ExperienceLog

/** Raises a balancer whose user service has these upstreams; it sends to them in turn. */
async function raise(...origins: string[]): Promise<void> {
  const speeds = origins.map(() => 1)
  const services = { ...smallScenario.shop.services }
  services['user-service'] = { ...services['user-service'], speeds }
  const scenario = { ...smallScenario, shop: { ...smallScenario.shop, services } }
  const routers = createRouters(scenario, policyFactory('round-robin'), new RandomStreams(1))
  router = routers[USER]!
  clients = origins.map((origin) => new HttpClient(origin, 4))
  decisions = new DecisionStatistics()
  lines = []
  const sink = {
    writeLine: (bytes: Uint8Array, length: number) => {
      lines.push(Buffer.from(bytes.subarray(0, length)).toString())
    },
  }
  log = createExperienceLog({ run: 'test', scenario, routers, sink })
  let nowMs = 0
  const balancer = new Balancer({
    shop: new Shop(scenario),
    routers,
    upstreams: SERVICES.map((_, service) => (service === USER ? clients : [])),
    phases: ['only'],
    profiles: ['quick-browser'],
    log,
    decisions,
    timeoutMs,
    now: () => ++nowMs,
  })
  front = await startHttpServer((request, body, response) => balancer.handle(request, body, response))
}

const ask = (path = '/api/users/me', init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${front.port}/proxy/user-service${path}`, init)

afterEach(async () => {
  await front.close()
  await Promise.all(clients.map((client) => client.close()))
})

describe('an upstream that breaks', () => {
  it.each<[string, () => Promise<string>]>([
    ['is not there', async () => DESERTED],
    ['hangs up', async () => (await hostileServer((socket) => socket.destroy())).origin],
    ['speaks no HTTP', async () => (await hostileServer((socket) => socket.write('hello\r\n'))).origin],
  ])('because it %s is a 502 with a body of JSON, and a failure of the instance', async (_, origin) => {
    await raise(await origin())
    const answer = await ask('/api/users/me', { headers: { 'x-trace-id': 'ab'.repeat(16) } })
    expect(answer.status).toBe(502)
    expect(answer.headers.get('x-trace-id')).toBe('ab'.repeat(16))
    expect(((await answer.json()) as { error: string }).error).toMatch(/^Upstream failed: /)
    expect(decisions.services[USER]!.instances[0]).toMatchObject({ answers: 1, failures: 1 })
    expect(router.instances[0]!.inFlight).toBe(0)
  })

  it('is recorded with status 0 and the kind of the failure', async () => {
    await raise(DESERTED)
    await ask()
    await ask()
    expect(JSON.parse(lines[0]!)).toMatchObject({
      outcome: { status: 0, failure: 'connect', queueMs: null, workMs: null },
      rewards: { error: -1 },
    })
  })

  it('is given up when it does not answer in time: a 504', async () => {
    let hungUp: () => void
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve
    })
    const silent = await hostileServer((socket) => socket.once('close', () => hungUp()))
    await raise(silent.origin)
    const answer = await ask()
    expect([answer.status, await answer.json()]).toEqual([504, { error: 'Upstream failed: timeout' }])
    await ask()
    expect(JSON.parse(lines[0]!).outcome).toMatchObject({ status: 0, failure: 'timeout' })
    await closed
  })

  it('does not stop the others', async () => {
    const fine = await hostileServer((socket) => socket.write(reply(200, '{}')))
    await raise(DESERTED, fine.origin)
    const statuses = [(await ask()).status, (await ask()).status, (await ask()).status]
    expect(statuses).toEqual([502, 200, 502])
  })
})

describe('a client that goes away', () => {
  /** Asks, and goes away when the instance has the request. */
  async function askAndLeave(): Promise<void> {
    const leaving = new AbortController()
    const asked = ask('/api/users/me', { signal: leaving.signal }).catch(() => 'gone')
    while (sockets.length === 0) await delay(1)
    leaving.abort()
    expect(await asked).toBe('gone')
  }

  let sockets: Socket[]
  const slow = async () => {
    sockets = []
    return (await hostileServer((socket) => sockets.push(socket))).origin
  }

  it('leaves the decision with the outcome that it has in the end, and nothing in flight', async () => {
    timeoutMs = 10_000
    await raise(await slow())
    await askAndLeave()
    expect(router.instances[0]!.inFlight).toBe(1)
    sockets[0]!.write(reply(200, '{}'))
    while (router.instances[0]!.inFlight > 0) await delay(1)
    expect(decisions.services[USER]!.instances[0]).toMatchObject({ answers: 1, failures: 0 })
    log.close(1000, () => router.closingState(1000))
    expect(JSON.parse(lines[0]!).outcome).toMatchObject({ status: 200, failure: null })
  })

  it('does not keep the connection to an instance that never answers', async () => {
    await raise(await slow())
    await askAndLeave()
    while (!sockets[0]!.destroyed) await delay(1)
    expect(decisions.services[USER]!.instances[0]).toMatchObject({ answers: 1, failures: 1 })
  })
})

describe('being closed with requests under way', () => {
  it('says nothing of the instances: they are recorded without an outcome', async () => {
    await raise((await hostileServer(() => {})).origin)
    const asked = ask().catch(() => undefined)
    while (router.instances[0]!.inFlight === 0) await delay(5)
    await front.close()
    await Promise.all(clients.map((client) => client.close()))
    await asked
    expect(decisions.services[USER]!.instances).toEqual([])
    log.close(1000, () => router.closingState(1000))
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ outcome: null, truncated: true }])
  })
})

describe('an instance that is not healthy', () => {
  it('gets no request', async () => {
    const fine = await hostileServer((socket) => socket.write(reply(200, '{}')))
    await raise(DESERTED, fine.origin)
    router.onReport(0, { ...report, healthy: false }, 0)
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
  })

  it('and is the last makes a 503 that says when to try again, without a decision', async () => {
    await raise(DESERTED)
    router.onReport(0, { ...report, healthy: false }, 0)
    const answer = await ask()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await answer.json()).toEqual({ error: 'No healthy instances available for service: user-service' })
    expect(decisions.services[USER]!.instances).toEqual([])
    expect(lines).toEqual([])
  })
})

describe('what passes through', () => {
  it('is status, headers and body as they are, but for those of one connection', async () => {
    const headers =
      'content-type: text/plain\r\nx-custom: a\r\nconnection: keep-alive\r\nkeep-alive: timeout=5\r\n'
    const upstream = await hostileServer((socket) => socket.write(reply(418, 'teapot', headers)))
    await raise(upstream.origin)
    const answer = await ask()
    expect([answer.status, await answer.text()]).toEqual([418, 'teapot'])
    expect(answer.headers.get('x-custom')).toBe('a')
    expect(answer.headers.get('keep-alive')).not.toBe('timeout=5')
  })

  it('is the request of the client, without the headers of its connection', async () => {
    let seen = ''
    const upstream = await hostileServer((socket, request) => {
      seen = request
      socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    })
    await raise(upstream.origin)
    const answer = await ask('/api/a%20b?c=d', {
      method: 'POST',
      body: '{"e":1}',
      headers: { authorization: 'Bearer x', 'x-trace-id': 'ab'.repeat(16) },
    })
    expect(answer.status).toBe(204)
    expect(seen).toMatch(/^POST \/api\/a%20b\?c=d HTTP\/1\.1\r\n/)
    expect(seen).toContain(`host: ${new URL(upstream.origin).host}\r\n`)
    expect(seen).toContain('authorization: Bearer x\r\n')
    expect(seen.match(/x-trace-id/gi)).toHaveLength(1)
    expect(seen.endsWith('\r\n\r\n{"e":1}')).toBe(true)
  })

  it('has the split of the latency that the upstream tells', async () => {
    const upstream = await hostileServer((socket) =>
      socket.write(reply(200, '{}', 'server-timing: queue;dur=1.500, work;dur=20.25\r\n')),
    )
    await raise(upstream.origin)
    await ask()
    await ask()
    expect(JSON.parse(lines[0]!).outcome).toMatchObject({ queueMs: 1.5, workMs: 20.25 })
  })
})
