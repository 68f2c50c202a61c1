/** Our own admin API over real sockets: what it tells, and what it changes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LearningError } from '../../../src/core/index.ts'
import { type RunningAdminServer, startAdminServer } from '../../../src/worlds/balancer/admin-server.ts'
import { type Answer, type Asked, ask } from './admin-client.ts'
import { SmallControl } from './small-control.ts'

let control: SmallControl
let server: RunningAdminServer
const admin = (what: string, asked?: Asked): Promise<Answer> => ask(server.url, what, asked)
const policies = (): string[] => control.services.map(({ policy, router }) => `${policy} ${router.policy.id}`)

beforeEach(async () => {
  control = new SmallControl()
  server = await startAdminServer({ control, port: 0 })
})
afterEach(() => server.close())

describe('reading', () => {
  it('/healthz says whether it takes requests', async () => {
    expect(await admin('GET /healthz')).toMatchObject({ status: 200, json: { status: 'ok' } })
    control.draining = true
    expect(await admin('GET /healthz')).toMatchObject({ status: 503, json: { status: 'draining' } })
  })

  it('/api/v1/status sums up', async () => {
    control.services[0]!.serve(200, 10)
    control.services[1]!.serve(500, 10)
    control.nowMs = 2500
    const { json } = await admin('GET /api/v1/status')
    expect(json).toMatchObject({
      status: 'running',
      startedAt: '2026-01-01T00:00:00.000Z',
      uptimeSeconds: 2.5,
      requests: 2,
      shed: 0,
      recorder: null,
    })
    expect(json.services.map(({ name }: { name: string }) => name)).toEqual(['cart', 'order'])
  })

  it('/api/v1/services tells each in short', async () => {
    control.services[1]!.begin()
    expect((await admin('GET /api/v1/services')).json).toEqual([
      {
        name: 'cart',
        policy: 'round-robin',
        instances: { healthy: 2, unhealthy: 0, draining: 0 },
        inFlight: 0,
        requests: 0,
        shed: 0,
      },
      {
        name: 'order',
        policy: 'round-robin',
        instances: { healthy: 2, unhealthy: 0, draining: 0 },
        inFlight: 1,
        requests: 0,
        shed: 0,
      },
    ])
  })

  it('/api/v1/services/{service} tells all, and null where nothing is known', async () => {
    const [cart] = control.services
    cart!.serve(200, 10)
    cart!.serve(0, 30, 'reset')
    cart!.router.onReport(1, { healthy: false, cpu: 0.25, memory: 0.5, queueDepth: 3 }, 0)
    const { json } = await admin('GET /api/v1/services/cart')
    expect(json).toMatchObject({
      name: 'cart',
      policy: { text: 'round-robin', id: 'round-robin' },
      traffic: { requests: 2, byStatus: { '2xx': 1, '5xx': 1 }, shed: 0, retries: 0, hedges: 0 },
      policies: [{ policy: 'round-robin', answers: 2, failures: 1 }],
    })
    expect(json.instances[0]).toEqual({
      id: 'cart-1',
      url: 'http://10.0.0.1:8080',
      state: 'healthy',
      inFlight: 0,
      weight: 1,
      features: {
        inFlight: 0,
        queueDepth: null,
        ewmaLatencyMs: 10,
        responseTimeMs: 10,
        errorRate: 0,
        answersPerSecond: expect.any(Number),
        cpu: null,
        memory: null,
        healthy: 1,
        breakerOpen: null,
        weight: 1,
        workMs: 0,
        slowness: null,
        recentErrorRate: 0,
      },
      traffic: {
        answers: 1,
        failures: 0,
        byStatus: { '2xx': 1 },
        byFailure: {},
        latencyMs: { mean: 10, min: 10, p50: 10, p95: 10, p99: 10, max: 10 },
      },
    })
    expect(json.instances[1]).toMatchObject({
      state: 'unhealthy',
      features: { ewmaLatencyMs: null, cpu: 0.25, healthy: 0 },
      traffic: { failures: 1, byStatus: { none: 1 }, byFailure: { reset: 1 } },
    })
  })

  it('asking changes nothing of what the policy sees or draws', async () => {
    const [left, right] = [new SmallControl('random'), new SmallControl('random')]
    const other = await startAdminServer({ control: left, port: 0 })
    const chosen = async (small: SmallControl, asks: boolean): Promise<number[]> => {
      const choices: number[] = []
      for (let i = 0; i < 30; i++) {
        small.nowMs += 300
        if (asks) await ask(other.url, 'GET /api/v1/services/cart')
        choices.push(small.services[0]!.router.decide(small.nowMs, 0))
        choices.push(
          ...small.services[0]!.router.observation.instances.map((x) => (Number.isNaN(x) ? -1 : x)),
        )
        choices.push(...small.services[0]!.router.observation.context)
      }
      return choices
    }
    expect(await chosen(left, true)).toEqual(await chosen(right, false))
    await other.close()
  })
})

describe('switching policies', () => {
  it('of one service', async () => {
    const { status, json } = await admin('PUT /api/v1/services/order/policy', { body: { policy: 'random' } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ services: [{ name: 'order', policy: 'random' }] })
    expect(policies()).toEqual(['round-robin round-robin', 'random random'])
  })

  it('of all', async () => {
    await admin('PUT /api/v1/policy', { body: { policy: 'least-outstanding' } })
    expect(control.services.map(({ policy }) => policy)).toEqual(['least-outstanding', 'least-outstanding'])
  })

  it.each([
    ['PUT /api/v1/services/cart/policy', { policy: 'raund-robin' }, /did you mean "round-robin"/],
    [
      'PUT /api/v1/services/cart/policy',
      { policy: 'epsilon-greedy(random, epsilon=2)' },
      /epsilon from 0 to 1/,
    ],
    ['PUT /api/v1/policy', { policy: 'random(' }, /expected/],
    [
      'PUT /api/v1/policy',
      { polizy: 'random' },
      /unknown field "polizy" \(did you mean "policy"\?\).*policy: is missing/,
    ],
    ['PUT /api/v1/policy', { policy: 7 }, /policy: expected a text, got 7/],
    ['PUT /api/v1/policy', '["random"]', /expected a JSON object/],
    ['PUT /api/v1/policy', '{"policy"', /expected JSON/],
    ['PUT /api/v1/policy', undefined, /expected JSON/],
  ])('%s %j is refused, and the old one stays', async (what, body, message) => {
    const before = policies()
    const { status, json } = await admin(what, body === undefined ? {} : { body })
    expect(status).toBe(400)
    expect(json.error).toMatch(message)
    expect(policies()).toEqual(before)
  })

  it('to a model that is not there: 422, and the old one stays', async () => {
    const { status, json } = await admin('PUT /api/v1/policy', { body: { policy: 'model:/no/where' } })
    expect(status).toBe(422)
    expect(json.error).toMatch(/no\/where/)
    expect(policies()).toEqual(['round-robin round-robin', 'round-robin round-robin'])
  })

  it('all or none: if it is no good for the second, the first keeps its old one', async () => {
    const [, order] = control.services
    order!.preparePolicy = () => {
      throw new LearningError('the model knows no service "order"')
    }
    const { status, json } = await admin('PUT /api/v1/policy', { body: { policy: 'random' } })
    expect([status, json.error]).toEqual([422, 'the model knows no service "order"'])
    expect(policies()).toEqual(['round-robin round-robin', 'round-robin round-robin'])
  })

  it('while requests are under way: each is counted, under the policy that decided it', async () => {
    const [cart] = control.services
    const ends = Array.from({ length: 10 }, () => cart!.begin()!)
    await admin('PUT /api/v1/services/cart/policy', { body: { policy: 'random' } })
    ends.push(...Array.from({ length: 5 }, () => cart!.begin()!))
    for (const end of ends) end(200, 10)
    const { json } = await admin('GET /api/v1/services/cart')
    expect(json.policies).toMatchObject([
      { policy: 'round-robin', answers: 10 },
      { policy: 'random', answers: 5 },
    ])
    expect(json.instances.map(({ inFlight }: { inFlight: number }) => inFlight)).toEqual([0, 0])
    expect(json.traffic.requests).toBe(15)
  })
})

describe('instances', () => {
  it('are added, and get requests', async () => {
    const body = { url: 'http://10.0.0.9:8080', id: 'cart-new', weight: 2 }
    const { status, json } = await admin('POST /api/v1/services/cart/instances', { body })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      ...body,
      state: 'healthy',
      traffic: { answers: 0, latencyMs: { mean: null } },
    })
    for (let i = 0; i < 3; i++) control.services[0]!.serve(200, 10)
    const after = (await admin('GET /api/v1/services/cart')).json
    expect(after.instances.map(({ traffic }: { traffic: { answers: number } }) => traffic.answers)).toEqual([
      1, 1, 1,
    ])
  })

  it.each([
    [{ url: 'nonsense' }, /"nonsense" is none/],
    [{ url: 'http://10.0.0.1:8080' }, /is taken/],
    [
      { id: 'x', weight: 0, uri: 'http://x' },
      /unknown field "uri".*url: is missing.*weight: expected a number above 0/,
    ],
    [{ url: 'http://10.0.0.9', weight: '2' }, /weight: expected a number above 0, got "2"/],
    ['{"url": "http://10.0.0.9", "weight": 1e999}', /weight: expected a number above 0, got Infinity/],
  ])('%j are refused, with all that is wrong', async (body, message) => {
    const { status, json } = await admin('POST /api/v1/services/cart/instances', { body })
    expect(status).toBe(400)
    expect(json.error).toMatch(message)
    expect(control.services[0]!.router.instances).toHaveLength(2)
  })

  it('are drained: gone when the last request is answered', async () => {
    const end = control.services[0]!.begin()!
    expect(await admin('DELETE /api/v1/services/cart/instances/cart-1')).toMatchObject({
      status: 202,
      json: { id: 'cart-1', state: 'draining', inFlight: 1 },
    })
    const states = async (): Promise<string[]> =>
      (await admin('GET /api/v1/services/cart')).json.instances.map(
        ({ id, state }: { id: string; state: string }) => `${id} ${state}`,
      )
    expect(await states()).toEqual(['cart-1 draining', 'cart-2 healthy'])
    end(200, 10)
    expect(await states()).toEqual(['cart-2 healthy'])
    expect(await admin('DELETE /api/v1/services/cart/instances/cart-1')).toMatchObject({
      status: 404,
      json: { error: 'cart: no instance "cart-1" (did you mean "cart-2"?): there is cart-2' },
    })
  })

  it('with all of them drained, requests are shed and counted', async () => {
    for (const id of ['cart-1', 'cart-2']) await admin(`DELETE /api/v1/services/cart/instances/${id}`)
    control.services[0]!.serve(200, 10)
    const { traffic, instances } = (await admin('GET /api/v1/services/cart')).json
    expect(instances).toEqual([])
    expect(traffic).toMatchObject({ requests: 1, shed: 1, byStatus: { '5xx': 1 } })
  })
})
