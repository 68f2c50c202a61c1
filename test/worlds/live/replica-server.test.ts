/** One replica over real sockets, and what its condition makes of it. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject, Request } from '../../../src/core/index.ts'
import { type Effect, isReply, Shop } from '../../../src/shop/index.ts'
import { HttpClient } from '../../../src/worlds/index.ts'
import { toHttpCall } from '../../../src/worlds/live/json-http.ts'
import { PROBE_PATH, REPORT_PATH, ReplicaServer } from '../../../src/worlds/live/replica-server.ts'
import { serverTiming } from '../../../src/worlds/live/server-timing.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { type HostileServer, hostileServer } from './hostile-server.ts'

const HOUR_MS = 3_600_000
const HEALTH: Request = { method: 'GET', service: 'cart-service', path: '/actuator/health' }

let shop: Shop
let server: ReplicaServer
let client: HttpClient
let silent: HostileServer
let balancer: HttpClient
/** Calls that handlers have made; nobody ever answers them. */
let innerCalls: number
const startMs = performance.now()

async function raise(workScale = 1): Promise<void> {
  const services = { ...smallScenario.shop.services }
  services['cart-service'] = { ...services['cart-service'], speeds: [1], workers: 4 }
  shop = new Shop({ ...smallScenario, shop: { ...smallScenario.shop, services, workScale } })
  innerCalls = 0
  silent = await hostileServer(() => innerCalls++)
  balancer = new HttpClient(silent.origin, 8)
  server = new ReplicaServer({
    service: 'cart-service',
    replica: shop.replicas['cart-service'][0]!,
    shop,
    balancer: () => balancer,
    now: () => performance.now() - startMs,
    startEpochMs: 0,
  })
  await server.start()
  client = new HttpClient(`http://127.0.0.1:${server.port}`, 16)
}

async function close(): Promise<void> {
  await Promise.all([server.close(), client.close(), balancer.close()])
  silent.close()
}

afterEach(close)

function befall(effect: Effect | undefined, fault = 0): void {
  server.change({ atMs: 0, service: 2, instance: 0, fault, effect })
}

/** The status, or why there is none. */
function ask(request = HEALTH, key = 1): Promise<number | string> {
  const context = { trace: 'ab'.repeat(16), phase: '', profile: '', hop: 0, attempt: 0, key }
  // Replicas are asked without a prefix and the name of the service.
  const call = { ...toHttpCall(request, context, ''), path: request.path }
  return new Promise((resolve) => client.send(call, ({ status, failure }) => resolve(failure ?? status)))
}

const json = (path: string): Promise<JsonObject | string> =>
  new Promise((resolve) => {
    client.send({ method: 'GET', path, headers: [] }, ({ body, failure }) =>
      resolve(failure ?? (JSON.parse(body.toString()) as JsonObject)),
    )
  })

const report = () => json(REPORT_PATH)
const probe = () => json(PROBE_PATH)

/** To put something into the cart, which takes calls to the inventory. */
function addToCart(): Request {
  const account = { email: 'a@b.example', password: 'secret-password', firstName: 'A', lastName: 'B' }
  const direct = (path: string): JsonObject => {
    const request: Request = { method: 'POST', service: 'user-service', path, body: account }
    const reply = shop.handle(request, shop.match(request), () => 0, server)
    if (!isReply(reply)) throw new Error('expected an answer at once')
    return reply.body as JsonObject
  }
  direct('/api/users/register')
  const token = direct('/api/users/login').token as string
  const body = { productId: 'PHONE-001', productName: 'Phone', price: 699, quantity: 1 }
  return { method: 'POST', service: 'cart-service', path: '/api/cart/items', token, body }
}

async function untilServed(): Promise<void> {
  while ((await ask()) !== 200) await delay(5)
}

describe('a crash', () => {
  it('loses what is worked on and what handlers are about, and refuses connections until the restart', async () => {
    await raise()
    const handled = ask(addToCart())
    while (innerCalls === 0) await delay(5)
    befall({ speed: 0 }, 1)
    const worked = ask()
    while (server.replica.inSystem === 0) await delay(5)
    const { port } = server
    befall({ down: true })
    expect([await handled, await worked]).toEqual(['reset', 'reset'])
    expect([await ask(), await report()]).toEqual(['connect', 'connect'])
    befall(undefined, 1)
    befall(undefined)
    await untilServed()
    expect(server.port).toBe(port)
    expect(await report()).toMatchObject({ healthy: true, queueDepth: 0 })
  })

  it('loses answers that are on their way', async () => {
    await raise()
    befall({ delay: { latencyMs: HOUR_MS, jitterMs: 0, factor: 1, rate: 1 } }, 1)
    const delayed = ask()
    // Whoever comes later is answered later.
    await report()
    befall({ down: true })
    expect(await delayed).toBe('reset')
  })

  it('that begins again before the restart is over stays one', async () => {
    await raise()
    befall({ down: true })
    befall(undefined)
    befall({ down: true })
    await delay(50)
    expect(await ask()).toBe('connect')
  })
})

describe('a standstill', () => {
  it('keeps what has come, and goes on with it', async () => {
    await raise()
    befall({ speed: 0 })
    const asked = [ask(), ask()]
    while (server.replica.inSystem < 2) await delay(5)
    expect(await report()).toMatchObject({ healthy: true, queueDepth: 0 })
    befall(undefined)
    expect(await Promise.all(asked)).toEqual([200, 200])
  })
})

describe('a smaller waiting room', () => {
  it('answers 503 to those for whom there is no room', async () => {
    await raise()
    befall({ speed: 0 }, 1)
    befall({ queueLimit: 1 })
    const asked = Array.from({ length: 7 }, () => ask())
    while (server.replica.inSystem < 5) await delay(5)
    await delay(50)
    befall(undefined, 1)
    expect((await Promise.all(asked)).toSorted()).toEqual([200, 200, 200, 200, 200, 503, 503])
  })
})

describe('its report', () => {
  it('tells of its health and of leaked memory as they are now', async () => {
    await raise()
    const { memory } = (await report()) as { memory: number }
    befall({ healthy: false, leakedMemory: 0.25 })
    expect(await report()).toMatchObject({ healthy: false, memory: memory + 0.25 })
    expect(await ask()).toBe(200)
    befall(undefined)
    expect(await report()).toMatchObject({ healthy: true, memory })
  })
})

describe('its answer to a probe', () => {
  it('tells how many requests it has, and how long those took that met as many', async () => {
    await raise()
    expect(await probe()).toEqual({ inFlight: 0, latencyMs: null })
    befall({ speed: 0 })
    const asked = [ask(), ask()]
    while (server.replica.inSystem < 2) await delay(5)
    expect(await probe()).toEqual({ inFlight: 2, latencyMs: null })
    befall(undefined)
    await Promise.all(asked)
    const { inFlight, latencyMs } = (await probe()) as { inFlight: number; latencyMs: number }
    expect(inFlight).toBe(0)
    expect(latencyMs).toBeGreaterThan(0)
  })

  it('comes out of turn whatever becomes of requests, but not from who keeps silent', async () => {
    await raise()
    befall({ verdict: { share: 1, of: { kind: 'fail', failure: 'reset', afterMs: 0 } } })
    expect(await probe()).toMatchObject({ inFlight: 0 })
    befall({ verdict: { share: 1, of: { kind: 'silence' } } })
    const silent = probe()
    expect(await Promise.race([silent, delay(50, 'nothing')])).toBe('nothing')
    await server.close()
    expect(['reset', 'aborted']).toContain(await silent)
  })

  it('is delayed as other answers are', async () => {
    await raise()
    befall({ delay: { latencyMs: HOUR_MS, jitterMs: 0, factor: 1, rate: 1 } })
    const late = probe()
    expect(await Promise.race([late, delay(50, 'nothing')])).toBe('nothing')
    await server.close()
    expect(['reset', 'aborted']).toContain(await late)
  })
})

describe('with its answer', () => {
  it('tells how long the request waited and was worked on, and how many wait now', async () => {
    await raise()
    befall({ speed: 0 })
    const timing = () =>
      new Promise<string>((resolve) => {
        client.send({ method: 'GET', path: HEALTH.path, headers: [] }, ({ headers }) =>
          resolve(String(headers['server-timing'])),
        )
      })
    const told = Array.from({ length: 7 }, timing)
    while (server.replica.inSystem < 7) await delay(5)
    befall(undefined)
    const timings = (await Promise.all(told)).map(serverTiming)
    // Four at a time: the first of them left three behind, of which one began at once.
    expect(Math.max(...timings.map(({ queueDepth }) => queueDepth))).toBe(2)
    expect(Math.min(...timings.map(({ queueDepth }) => queueDepth))).toBe(0)
    for (const { queueMs, workMs } of timings) {
      expect(queueMs).toBeGreaterThanOrEqual(0)
      expect(workMs).toBeGreaterThan(0)
    }
  })
})

describe('a verdict', () => {
  it('comes before the body is looked at', async () => {
    await raise()
    const cut = () =>
      new Promise((resolve) => {
        client.send(
          { method: 'POST', path: '/api/cart/items', headers: [], body: '{"cut": ' },
          ({ status, failure }) => resolve(failure ?? status),
        )
      })
    expect(await cut()).toBe(400)
    befall({ verdict: { share: 1, of: { kind: 'answer', status: 418, afterMs: 0 } } })
    expect(await cut()).toBe(418)
    befall({ verdict: { share: 1, of: { kind: 'fail', failure: 'reset', afterMs: 0 } } })
    expect(await cut()).toBe('reset')
  })

  it('leaves health checks alone', async () => {
    await raise()
    befall({ verdict: { share: 1, of: { kind: 'fail', failure: 'connect', afterMs: 0 } } })
    expect(await report()).toMatchObject({ healthy: true })
  })

  it('costs no work', async () => {
    await raise()
    befall({ speed: 0 }, 1)
    befall({ verdict: { share: 1, of: { kind: 'answer', status: 500, afterMs: 1 } } })
    expect(await ask()).toBe(500)
    expect(server.replica.inSystem).toBe(0)
  })
})

describe('closing', () => {
  const count = (kind: string) =>
    process.getActiveResourcesInfo().filter((name) => name.startsWith(kind)).length

  const MANY = 12
  /** The test runner has timers of its own that come and go. */
  const OTHERS = 3

  it.each<[string, Effect]>([
    ['answers that are delayed', { delay: { latencyMs: HOUR_MS, jitterMs: 0, factor: 1, rate: 1 } }],
    [
      'verdicts that are due later',
      { verdict: { share: 1, of: { kind: 'answer', status: 500, afterMs: HOUR_MS } } },
    ],
    [
      'connections that are to break',
      { verdict: { share: 1, of: { kind: 'fail', failure: 'reset', afterMs: HOUR_MS } } },
    ],
    ['silence', { verdict: { share: 1, of: { kind: 'silence' } } }],
    ['a standstill', { speed: 0 }],
  ])('leaves no timer and no socket behind, for all of %s', async (_, effect) => {
    const [sockets, timers] = [count('TCP'), count('Timeout')]
    await raise()
    befall(effect)
    const asked = Array.from({ length: MANY }, () => ask())
    await delay(30)
    await close()
    for (const end of await Promise.all(asked)) expect(['reset', 'aborted', 503]).toContain(end)
    // Sockets need a moment to close; a timer that is left would last for an hour.
    while (count('TCP') > sockets || count('Timeout') > timers + OTHERS) await delay(10)
  })

  it('forgets answers that are due later when their clients go away', async () => {
    await raise()
    const timers = count('Timeout')
    befall({ delay: { latencyMs: HOUR_MS, jitterMs: 0, factor: 1, rate: 1 } })
    const aborts = Array.from({ length: MANY }, () =>
      client.send({ method: 'GET', path: HEALTH.path, headers: [] }, () => {}),
    )
    while (count('Timeout') < timers + MANY - OTHERS) await delay(5)
    for (const abort of aborts) abort('timeout')
    while (count('Timeout') > timers + OTHERS) await delay(10)
  })
})
