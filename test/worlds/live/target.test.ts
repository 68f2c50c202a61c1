/** The embedded target over real sockets, by a client that is not ours. */
import { readFileSync } from 'node:fs'
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { TargetError } from '../../../src/core/index.ts'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import { type RunningTarget, startTarget } from '../../../src/worlds/index.ts'
import { fileOf } from '../../scenario/scenario-files.ts'
import { smallScenario } from '../../shop/small-scenario.ts'

const TRACE = 'c0ffee00c0ffee00c0ffee00c0ffee00'
const SKU = 'PHONE-001'
const scenario = { ...smallScenario, shop: { ...smallScenario.shop, workScale: 0.1 } }
const recordTo = { run: 'live', file: fileOf('', 'experiences.jsonl') }

let target: RunningTarget

beforeAll(async () => {
  target = await startTarget({
    scenario,
    seed: 1,
    policies: policyFactory('least-outstanding'),
    port: 0,
    recordTo,
  })
})

interface Ask {
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

function ask(path: string, { method = 'GET', token, body, headers = {} }: Ask = {}): Promise<Response> {
  const json = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${target.url}${path}`, {
    method,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: json }),
  })
}

const account = { email: 'ann@shop.example', password: 'secret-password', firstName: 'Ann', lastName: 'Test' }
const item = { productId: SKU, productName: 'Phone', price: 699, quantity: 2 }
const shippingAddress = { street: '1 Road', city: 'Town', state: 'MA', zipCode: '02110', country: 'US' }

async function signIn(): Promise<string> {
  await ask('/proxy/user-service/api/users/register', { method: 'POST', body: account })
  const reply = await ask('/proxy/user-service/api/users/login', { method: 'POST', body: account })
  return ((await reply.json()) as { token: string }).token
}

it('serves a shopper from the registration to the end of the order', async () => {
  const registered = await ask('/proxy/user-service/api/users/register', { method: 'POST', body: account })
  expect(registered.status).toBe(201)
  const again = await ask('/proxy/user-service/api/users/register', { method: 'POST', body: account })
  expect(again.status).toBe(409)
  const token = await signIn()
  const product = await ask(`/proxy/inventory-service/api/inventory/products/${SKU}`, { token })
  expect(await product.json()).toMatchObject({ sku: SKU, price: 699 })

  const added = await ask('/proxy/cart-service/api/cart/items', { method: 'POST', token, body: item })
  expect(added.status).toBe(201)
  expect(await added.json()).toMatchObject({ totalItems: 2, totalAmount: 1398 })
  const body = { items: [], shippingAddress }
  const placed = await ask('/proxy/order-service/api/orders', { method: 'POST', token, body })
  expect(placed.status).toBe(201)
  const { id } = (await placed.json()) as { id: number }

  // The saga runs on the side.
  let order: { status: string } = { status: 'PENDING' }
  while (order.status === 'PENDING') {
    await delay(10)
    const reply = await ask(`/proxy/order-service/api/orders/${id}`, { token })
    order = (await reply.json()) as { status: string }
  }
  expect(order).toMatchObject({ status: 'CONFIRMED', totalAmount: 1398 })
})

describe('a mistake of the client', () => {
  let token: string
  beforeAll(async () => {
    token = await signIn()
  })

  it.each<[number, string, string, Ask]>([
    [401, 'without a token', '/proxy/cart-service/api/cart', {}],
    [401, 'with a token that is none', '/proxy/cart-service/api/cart', { token: 'not.a.token' }],
    [404, 'for a path that no service has', '/proxy/cart-service/api/nothing', {}],
    [404, 'for a service that is not there', '/proxy/cat-service/api/cats', {}],
    [404, 'for a service without a path', '/proxy/cart-service', {}],
    [404, 'past the proxy', '/api/cart', {}],
    [400, 'with half a body', '/proxy/user-service/api/users/login', { method: 'POST', body: '{"email": ' }],
    [400, 'with a list for a body', '/proxy/user-service/api/users/login', { method: 'POST', body: '[1]' }],
    [400, 'with null for a body', '/proxy/user-service/api/users/login', { method: 'POST', body: 'null' }],
    [
      413,
      'with a body over 1 MiB',
      '/proxy/user-service/api/users/login',
      { method: 'POST', body: 'x'.repeat(2 ** 20 + 1) },
    ],
  ])('is answered %i %s', async (status, _, path, settings) => {
    const reply = await ask(path, settings)
    expect(reply.status).toBe(status)
    expect(reply.headers.get('content-type')).toBe('application/json')
    expect(await reply.json()).toHaveProperty('error')
  })

  it.each<[number, string, string, Ask]>([
    [404, 'for a product that is not there', '/proxy/inventory-service/api/inventory/products/NONE', {}],
    [
      400,
      'for fewer than none of a product',
      '/proxy/cart-service/api/cart/items',
      { method: 'POST', body: { ...item, quantity: -5 } },
    ],
  ])('is answered %i %s', async (status, _, path, settings) => {
    expect((await ask(path, { ...settings, token })).status).toBe(status)
  })
})

describe('a reply', () => {
  it('tells how long the replica worked, and echoes the trace id', async () => {
    const reply = await ask('/proxy/user-service/actuator/health', { headers: { 'x-trace-id': TRACE } })
    expect(await reply.json()).toEqual({ status: 'UP' })
    expect(reply.headers.get('server-timing')).toMatch(
      /^queue;dur=\d+\.\d{3}, work;dur=\d+\.\d{3}, depth;desc=\d+$/,
    )
    expect(reply.headers.get('x-trace-id')).toBe(TRACE)
  })

  it('has a new trace id where the client brings none', async () => {
    const reply = await ask('/proxy/user-service/actuator/health')
    expect(reply.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('to HEAD is that to GET without the body', async () => {
    const path = `/proxy/inventory-service/api/inventory/products/${SKU}`
    const token = await signIn()
    const [head, whole] = [await ask(path, { method: 'HEAD', token }), await ask(path, { token })]
    expect([head.status, await head.text()]).toEqual([200, ''])
    const body = await whole.text()
    expect(head.headers.get('content-length')).toBe(String(body.length))
    expect((await ask(`${path}-NOT`, { method: 'HEAD', token })).status).toBe(404)
  })

  it('keeps the connection for the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const path = `${target.url}/proxy/cart-service/actuator/health`
    const reused: boolean[] = []
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve, reject) => {
        const request = get(path, { agent }, (response: IncomingMessage) => {
          reused.push(request.reusedSocket)
          response.resume().on('end', resolve)
        }).on('error', reject)
      })
      await delay(1)
    }
    agent.destroy()
    expect(reused).toEqual([false, true, true])
  })

  it('of the balancer itself says that it is up', async () => {
    expect((await ask('/actuator/health')).status).toBe(200)
  })
})

it('does not start on a port that is in use, and says what to do', async () => {
  const port = Number(new URL(target.url).port)
  const second = startTarget({ scenario, seed: 1, policies: policyFactory('random'), port })
  await expect(second).rejects.toThrow(TargetError)
  await expect(second).rejects.toThrow(`127.0.0.1:${port}: cannot listen: it is in use`)
})

describe('its records', () => {
  const headers = { 'x-trace-id': TRACE, baggage: 'loadgen.phase=only,loadgen.profile=quick-browser' }
  let records: ExperienceRecord[]
  let decisions: number

  beforeAll(async () => {
    const token = await signIn()
    await ask('/proxy/cart-service/api/cart/items', { method: 'POST', token, body: item, headers })
    const deeper = { ...headers, baggage: `${headers.baggage},loadgen.hop=1` }
    await ask('/proxy/cart-service/api/cart/items', { method: 'POST', token, body: item, headers: deeper })
    await target.close()
    decisions = target.log!.decisions
    const lines = readFileSync(recordTo.file, 'utf8').trimEnd().split('\n')
    records = lines.map((line) => JSON.parse(line) as ExperienceRecord)
  })

  it('are all there when it has closed', () => {
    expect(records).toHaveLength(decisions)
    expect(target.decisions.services.reduce((sum, { latency }) => sum + latency.count, 0)).toBe(decisions)
  })

  it('join the calls of one request under one trace, hop by hop', () => {
    const own = records.filter(({ trace, route }) => trace === TRACE && !route.endsWith('.health'))
    const hops = own.toSorted((a, b) => a.decision - b.decision).map(({ hop, route }) => `${hop} ${route}`)
    expect(hops).toEqual([
      '0 cart.add',
      '1 inventory.product',
      '1 inventory.stock',
      '1 cart.add',
      '2 inventory.product',
      '2 inventory.stock',
    ])
    for (const { phase, profile } of own) expect([phase, profile]).toEqual(['only', 'quick-browser'])
  })

  it('leave out what a foreign client does not tell', () => {
    const foreign = records.find(({ route }) => route === 'user.register')!
    expect(foreign).toMatchObject({ phase: null, profile: null, hop: 0, run: 'live' })
  })

  it('split the latency as the replica told it', () => {
    const { outcome } = records.find(({ route }) => route === 'user.register')!
    expect(outcome).toMatchObject({ status: 201, failure: null })
    expect(outcome!.workMs).toBeGreaterThan(0)
    expect(outcome!.latencyMs).toBeGreaterThanOrEqual(outcome!.queueMs! + outcome!.workMs!)
  })

  it('know the answer to every decision', () => {
    expect(records.filter(({ outcome }) => outcome === null)).toEqual([])
  })
})
