/**
 * What the predecessor's public load-test clients do, header by header and body by body, over real sockets against
 * `loadgen target`. Written from what was observed of them (`shop-api.md`, sections 2.1, 2.2, 2.5 and 6).
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LoadgenProcess } from './loadgen-process.ts'
import { type Answer, PredecessorSession } from './predecessor-session.ts'
import { folderOf, liveScenario } from './run-files.ts'

/** One replica of the cart service: its degradation can be aimed at. */
const ONE_CART = `${liveScenario(2)}\nshop: { services: { cart: { speeds: [1] } } }`
const cwd = folderOf({ 'live.yaml': liveScenario(2), 'one-cart.yaml': ONE_CART })

let url: string
let oneCartUrl: string
beforeAll(async () => {
  const raise = async (config: string) => {
    const target = new LoadgenProcess(['target', '--config', config], { cwd })
    return (await target.says(/^ready at (http:\/\/127\.0\.0\.1:\d+\/proxy)$/m))[1]!
  }
  ;[url, oneCartUrl] = (await Promise.all([raise('live.yaml'), raise('one-cart.yaml')])) as [string, string]
})

let session: PredecessorSession
afterEach(() => session.close())

const ADDRESS = { street: '123 Test St', city: 'Test City', state: 'CA', zipCode: '12345', country: 'USA' }
let users = 0

/** Registers a new user and logs in. */
async function enter(password: string, email: string, more: object): Promise<[Answer, Answer]> {
  const registered = await session.post('/user-service/api/users/register', { ...more, email, password })
  const login = await session.post('/user-service/api/users/login', { email, password })
  session.signIn(login.json.token)
  return [registered, login]
}

function addToCart(sku: string, quantity = 1): Promise<Answer> {
  return session.post('/cart-service/api/cart/items', {
    productId: sku,
    productName: `Product ${sku}`,
    productImage: `https://example.com/${sku}.jpg`,
    price: 1299.99,
    quantity,
  })
}

describe('the enhanced driver', () => {
  async function user(): Promise<[Answer, Answer]> {
    const digits = String(++users).padStart(7, '0')
    return enter('RLTraining123!', `rl_user_${digits}a@rltraining.com`, {
      firstName: 'RLUser',
      lastName: '0a1f',
      phoneNumber: `+1555${digits}`,
    })
  }

  const order = () =>
    session.post('/order-service/api/orders', {
      items: [],
      shippingAddress: { ...ADDRESS, phone: '+15551234567' },
      notes: 'RL Training Order - power_user',
    })

  it('finds the target alive', async () => {
    session = new PredecessorSession(url)
    expect((await session.get('/user-service/actuator/health')).status).toBe(200)
    const root = new PredecessorSession(new URL(url).origin)
    expect((await root.get('/actuator/health')).status).toBe(200)
    root.close()
  })

  it('gets through whole sessions, one user after the other on one connection', async () => {
    session = new PredecessorSession(url)
    for (let i = 0; i < 3; i++) {
      const [registered, login] = await user()
      expect(registered.status).toBe(201)
      expect(registered.text).not.toContain('token')
      expect(login.status).toBe(200)
      expect(login.json.token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      for (const sku of ['LAPTOP-001', 'PHONE-001', 'WATCH-001']) {
        expect((await session.get(`/inventory-service/api/inventory/product/${sku}`)).status).toBe(200)
      }
      expect((await addToCart('PHONE-001', 3)).status).toBe(201)
      // An order adds one to three products first, each by a request of its own.
      for (const sku of ['TABLET-001', 'CAMERA-001', 'HEADPHONES-001']) {
        expect((await addToCart(sku)).status).toBe(201)
      }
      expect((await order()).status).toBe(201)
    }
    expect(session.connections).toBe(1)
  })

  it('is told that a user exists, and goes on', async () => {
    session = new PredecessorSession(url)
    await user()
    users--
    const [again, login] = await user()
    expect([again.status, login.status]).toEqual([409, 200])
  })

  it('gets plain JSON of the length that is said, although it would take more', async () => {
    session = new PredecessorSession(url)
    const [, { headers, text, json }] = await user()
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)))
    const claims = JSON.parse(Buffer.from(json.token.split('.')[1], 'base64url').toString())
    expect(claims).toMatchObject({
      sub: json.user.email,
      email: json.user.email,
      userId: String(json.user.id),
    })
    expect(claims.exp - claims.iat).toBe(24 * 3600)
    expect(claims.exp * 1000, 'a client that reads it takes it for good').toBeGreaterThan(Date.now())
  })
})

describe('the older driver', () => {
  const search = (name: string) =>
    session.get(`/inventory-service/api/inventory/products/${name.toUpperCase().replaceAll(' ', '-')}-001`)

  it('browses, searches in vain, fills a cart and orders', async () => {
    session = new PredecessorSession(url)
    await enter('LoadTest123!', `rltest_0a1b_${++users}_1@example.com`, {
      firstName: 'Load',
      lastName: 'Tester',
      phoneNumber: '+15550100100',
    })
    const all = await session.get('/inventory-service/api/inventory/all')
    expect(all.status).toBe(200)
    expect(all.json.length).toBeGreaterThan(0)
    expect((await search('iPhone 15 Pro')).status).toBe(404)

    const cart = async () => (await session.get('/cart-service/api/cart')).json.totalItems
    expect(await cart()).toBe(0)
    expect((await session.get('/inventory-service/api/inventory/products/LAPTOP-001')).status).toBe(200)
    const added = await session.post('/cart-service/api/cart/items', {
      productId: 'LAPTOP-001',
      productSku: 'LAPTOP-001',
      productName: 'Product LAPTOP-001',
      quantity: 2,
      price: 1299.99,
      unitPrice: 1299.99,
    })
    expect(added.status).toBe(201)
    expect(await cart()).toBe(2)
    const notes = 'Load test order'
    const order = await session.post('/order-service/api/orders', {
      shippingAddress: ADDRESS,
      notes,
      items: [],
    })
    expect(order.status).toBe(201)
    expect(order.json).toMatchObject({ status: 'PENDING', totalItems: 2 })
    // There is no such route: the id of a user is a number.
    expect((await session.get('/user-service/api/users/profile')).status).toBe(500)
    expect(session.connections).toBe(1)
  })
})

describe('setup_inventory', () => {
  const WAREHOUSES = { 'US-EAST': 1.5, 'US-WEST': 1.2, 'US-CENTRAL': 1 }
  const SKUS = ['LAPTOP-001', ...Array.from({ length: 31 }, (_, i) => `SETUP-${String(i).padStart(3, '0')}`)]

  const product = (sku: string) =>
    session.post('/inventory-service/api/inventory/products', {
      sku,
      name: `Name of ${sku}`,
      description: `Made for ${sku}`,
      category: 'Electronics',
      brand: 'Brand',
      price: 99.99,
      weight: 1.5,
      status: 'ACTIVE',
    })

  const entry = (sku: string, warehouseLocation: string, stock: number) =>
    session.post('/inventory-service/api/inventory/items', {
      productSku: sku,
      warehouseLocation,
      totalQuantity: stock,
      availableQuantity: stock - 10,
      reservedQuantity: 10,
      minimumStockLevel: Math.floor(stock * 0.1),
      maximumStockLevel: Math.floor(stock * 1.5),
      reorderPoint: Math.floor(stock * 0.2),
    })

  it('brings 32 products into three warehouses, once, and shoppers buy them', async () => {
    session = new PredecessorSession(url)
    const ADMIN = ['AdminPass123!', 'admin@loadtest.com', { firstName: 'Admin', lastName: 'User' }] as const
    const [registered, login] = await enter(...ADMIN)
    expect([registered.status, login.status]).toEqual([201, 200])
    for (const sku of SKUS) expect((await product(sku)).status).toBe(201)
    for (const sku of SKUS) {
      for (const [warehouse, factor] of Object.entries(WAREHOUSES)) {
        expect((await entry(sku, warehouse, 200 * factor)).status).toBe(201)
      }
    }
    for (const sku of SKUS) {
      const stock = await session.get(`/inventory-service/api/inventory/product/${sku}`)
      expect(stock.json).toMatchObject({
        sku,
        warehouseLocation: 'MULTIPLE_WAREHOUSES',
        totalQuantity: 740,
        availableQuantity: 710,
        reservedQuantity: 30,
      })
    }
    const all = await session.get('/inventory-service/api/inventory')
    const listed = all.json as { sku: string }[]
    expect(listed.filter(({ sku }) => SKUS.includes(sku))).toHaveLength(96)

    expect((await product(SKUS[1]!)).status).toBe(500)
    expect((await entry(SKUS[1]!, 'US-WEST', 10)).status).toBe(500)
    expect((await addToCart(SKUS[1]!, 2)).status).toBe(201)
    const order = await session.post('/order-service/api/orders', { items: [], shippingAddress: ADDRESS })
    expect(order).toMatchObject({ status: 201, json: { items: [{ productId: SKUS[1], quantity: 2 }] } })
    expect(session.connections).toBe(1)
  })

  it('is not let in to verify, as it brings no token', async () => {
    session = new PredecessorSession(url)
    const refused = await session.get('/inventory-service/api/inventory/product/LAPTOP-001')
    expect(refused).toMatchObject({ status: 401, json: { status: 401, error: 'Unauthorized' } })
  })
})

describe('the Postman collection', () => {
  it.each([
    ['inventory', '/api/inventory/check', { sku: 'LAPTOP-001', quantity: 1 }],
    ['inventory', '/api/inventory/reserve', { sku: 'LAPTOP-001', quantity: 1 }],
    ['payment', '/api/payments/process', { orderId: 1, paymentMethod: 'CREDIT_CARD' }],
    ['notification', '/api/notifications', { type: 'EMAIL', recipient: 'a@b.example', message: 'Hello' }],
  ])('has an example for %s that cannot pass: %s', async (service, path, body) => {
    session = new PredecessorSession(url)
    await enter('Postman123!', `postman_${++users}@example.com`, { firstName: 'Post', lastName: 'Man' })
    const refused = await session.post(`/${service}-service${path}`, body)
    expect(refused).toMatchObject({ status: 400, json: { status: 400, path, message: 'Validation failed' } })
  })

  it('looks itself up by the header', async () => {
    session = new PredecessorSession(url)
    const [, { json }] = await enter('Postman123!', `postman_${++users}@example.com`, {
      firstName: 'Post',
      lastName: 'Man',
    })
    const email = { 'X-User-Email': json.user.email }
    const me = await session.send('GET', '/user-service/api/users/me', undefined, email)
    expect(me).toMatchObject({ status: 200, json: { id: json.user.id } })
  })
})

describe('degradation of the cart service', () => {
  const control = (path: string) => session.post(`/cart-service/api/degradation/${path}`)
  const view = () => session.get('/cart-service/api/cart')

  it('is felt while it is on, over the wire', async () => {
    session = new PredecessorSession(oneCartUrl)
    expect((await control('errors/start')).status).toBe(401)
    await enter('Chaos12345!', `chaos_${++users}@example.com`, { firstName: 'C', lastName: 'D' })
    expect((await view()).status).toBe(200)

    expect(await control('errors/start?errorRatePercent=100&durationSeconds=60')).toMatchObject({
      status: 200,
      json: { status: 'active', duration: 60, errorRatePercent: 100 },
    })
    expect((await control('errors/start')).status).toBe(400)
    expect((await view()).status).toBe(500)
    expect((await addToCart('PHONE-001')).status).toBe(500)
    expect((await control('errors/stop')).json.status).toBe('inactive')
    expect((await view()).status).toBe(200)

    // A short delay sleeps for less than no time in 70 % of all cases, which is an error there as here.
    await control('latency/start')
    const statuses = new Set<number>()
    for (let i = 0; i < 25; i++) statuses.add((await view()).status)
    expect([...statuses].sort()).toEqual([200, 500])
  })

  it('slows the replica down and fills its memory, and is gone at once when all is stopped', async () => {
    session = new PredecessorSession(oneCartUrl)
    await enter('Chaos12345!', `chaos_${++users}@example.com`, { firstName: 'C', lastName: 'D' })
    await control('stop-all')
    expect((await control('cpu/start?intensityPercent=100')).status).toBe(200)
    expect((await control('memory/start')).status).toBe(200)
    expect((await control('gradual/start')).status).toBe(200)
    const status = await session.get('/cart-service/api/degradation/status')
    expect(status.json).toMatchObject({
      status: 'active',
      cpu: { active: true, intensityPercent: 100 },
      memory: { active: true, memoryPercent: 70 },
      gradual: { active: true, phases: 4, currentPhase: 1 },
    })
    expect((await view()).status).toBe(200)
    expect((await control('stop-all')).status).toBe(200)
    const after = await session.get('/cart-service/api/degradation/status')
    expect(after.json).toMatchObject({
      status: 'inactive',
      cpu: { active: false },
      memory: { active: false },
    })
  })
})
