/**
 * What the predecessor's automated benchmark asks, in its order, on the one base URL that it knows: that of the traffic
 * (`shop-api.md`, section 6). Then the same switches under load: no request may be lost by them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policyFactory } from '../../../src/routing/index.ts'
import { type RunningTarget, startTarget } from '../../../src/worlds/index.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { type Answer, type Asked, ask } from './admin-client.ts'

const scenario = { ...smallScenario, shop: { ...smallScenario.shop, workScale: 0.05 } }
let target: RunningTarget
beforeAll(async () => {
  target = await startTarget({ scenario, seed: 1, policies: policyFactory('round-robin'), port: 0 })
})
afterAll(() => target.close())

const client = (what: string, asked?: Asked): Promise<Answer> => ask(target.url, what, asked)
const json = { 'content-type': 'application/json' }

/** Registers and logs in. Returns the headers of a user. */
async function signIn(email: string): Promise<Record<string, string>> {
  const password = 'LoadTest123!'
  const body = { email, password, firstName: 'Load', lastName: 'Test', phoneNumber: '+15551234567' }
  await client('POST /proxy/user-service/api/users/register', { body, headers: json })
  const login = await client('POST /proxy/user-service/api/users/login', {
    body: { email, password },
    headers: json,
  })
  expect(login.status).toBe(200)
  return { ...json, authorization: `Bearer ${login.json.token}` }
}

describe('the automated benchmark', () => {
  it('checks, starts, and measures one algorithm after the other', async () => {
    expect((await client('GET /actuator/health')).status).toBe(200)
    const before = (await client('GET /api/benchmark/status')).json
    expect(before).toMatchObject({ currentAlgorithm: 'round-robin', currentAlgorithmStats: {} })
    expect(before.testAlgorithms).toEqual(['round-robin', 'least-connections'])
    const headers = await signIn('benchmark@example.com')
    await client('POST /api/benchmark/start?durationMinutes=60&startAlgorithm=round-robin')

    for (const algorithm of before.testAlgorithms as string[]) {
      const switched = await client(`POST /api/benchmark/switch?algorithm=${algorithm}`)
      expect([switched.status, switched.json.currentAlgorithm]).toEqual([200, algorithm])
      expect((await client(`POST /api/benchmark/reset?algorithm=${algorithm}`)).status).toBe(200)
      await shop(headers)
      const { currentAlgorithm, currentAlgorithmStats } = (await client('GET /api/benchmark/status')).json
      expect(currentAlgorithm).toBe(algorithm)
      // Four of the client's own, and those that services make of each other to answer them.
      expect(currentAlgorithmStats.requestCount).toBeGreaterThanOrEqual(4)
      expect(currentAlgorithmStats.avgResponseTimeMs).toBeGreaterThan(0)
    }
    const { results } = (await client('GET /api/benchmark/results')).json
    expect(Object.keys(results).toSorted()).toEqual(['least-connections', 'round-robin'])
    expect((await client('POST /api/benchmark/stop')).json.active).toBe(false)
  })

  async function shop(headers: Record<string, string>): Promise<void> {
    const all = await client('GET /proxy/inventory-service/api/inventory/all', { headers })
    expect([all.status, Array.isArray(all.json)]).toEqual([200, true])
    const product = await client('GET /proxy/inventory-service/api/inventory/products/PHONE-001', { headers })
    expect([product.status, product.json.sku]).toEqual([200, 'PHONE-001'])
    const cart = await client('GET /proxy/cart-service/api/cart', { headers })
    expect([cart.status, typeof cart.json.totalItems]).toEqual([200, 'number'])
    const body = { productId: 'PHONE-001', productName: 'Phone', price: 10, quantity: 1 }
    expect((await client('POST /proxy/cart-service/api/cart/items', { body, headers })).status).toBe(201)
  }
})

describe('the other routes, on the same URL', () => {
  it('tell of the services as they are', async () => {
    const services = (await client('GET /api/services')).json
    expect(services['inventory-service'][0]).toMatchObject({
      serviceName: 'inventory-service',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      healthy: true,
    })
    const pods = Object.values((await client('GET /api/metrics/inventory-service')).json)
    expect(pods).toHaveLength(services['inventory-service'].length)
    expect((await client('GET /actuator/prometheus')).text).toContain('lb_pod_requests_total{')
    expect((await client('GET /rl/status')).json.currentStrategy).toEqual(expect.any(String))
  })
})

describe('switching under load', () => {
  it('loses no request, and none is counted twice', async () => {
    const headers = await signIn('switcher@example.com')
    await client('POST /api/benchmark/reset')
    let running = true
    let sent = 0
    const statuses = new Set<number>()
    const user = async (): Promise<void> => {
      while (running) {
        sent++
        const path = '/proxy/inventory-service/api/inventory/products/PHONE-001'
        statuses.add((await client(`GET ${path}`, { headers })).status)
      }
    }
    const users = Array.from({ length: 8 }, user)
    const policies = ['least-connections', 'random', 'peak-ewma', 'power-of-two-choices', 'round-robin']
    for (let i = 0; sent < 400; i++) {
      const algorithm = policies[i % policies.length]!
      expect((await client(`POST /api/benchmark/switch?algorithm=${algorithm}`)).status).toBe(200)
      expect((await client('POST /api/benchmark/switch?algorithm=no-such')).status).toBe(400)
    }
    running = false
    await Promise.all(users)
    expect([...statuses]).toEqual([200])
    const { results } = (await client('GET /api/benchmark/results')).json
    const counts = Object.values(results as Record<string, { requestCount: number; errorCount: number }>)
    expect(counts.reduce((sum, { requestCount }) => sum + requestCount, 0)).toBe(sent)
    expect(counts.reduce((sum, { errorCount }) => sum + errorCount, 0)).toBe(0)
    // Several had their share, so it was really switched in the middle of it.
    expect(counts.length).toBeGreaterThan(2)
    const pods = (await client('GET /api/services/status')).json['inventory-service']
    expect(pods.healthyInstances).toBe(pods.totalInstances)
  })
})
