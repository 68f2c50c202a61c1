import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'
import { smallScenario } from '../small-scenario.ts'

const shippingAddress = { ...smallScenario.addresses[0]! }

let driver: ShopDriver
let token: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
})

const place = (body: JsonObject = { items: [], shippingAddress }) =>
  driver.ask('POST', 'order', '/api/orders', token, body)
const orderOf = (id: unknown) => bodyOf(driver.ask('GET', 'order', `/api/orders/${id}`, token))
const notifications = () =>
  bodyOf(driver.ask('GET', 'notification', '/api/notifications', token)).content as JsonObject[]

describe('placing an order', () => {
  it('answers 400 when the cart is empty', () => {
    expect(place()).toMatchObject({ status: 400, body: { message: 'The cart is empty' } })
  })

  it('answers 400 and says what is wrong with the address', () => {
    driver.addToCart(token, 'CASE-001', 1)
    const reply = place({
      items: [],
      shippingAddress: { ...shippingAddress, city: '', zipCode: 'INVALID', phone: '0-1-2' },
    })
    expect(reply.status).toBe(400)
    expect(bodyOf(reply).validationErrors).toEqual({
      'shippingAddress.city': 'must not be blank',
      'shippingAddress.zipCode': 'must be a zip code like 10001 or 10001-1234',
      'shippingAddress.phone': 'must be a phone number like +15551234567',
    })
  })

  it('answers 400 without an address, with items that are no list, and with long notes', () => {
    const reply = place({ items: 'all', notes: 'x'.repeat(501) })
    expect(reply.status).toBe(400)
    expect(bodyOf(reply).validationErrors).toEqual({
      items: 'must be a list',
      notes: 'must have at most 500 characters',
      shippingAddress: 'must be an object',
    })
  })

  it.each([{}, { items: null }])(
    'answers 500 where items should be, as the predecessor does: %j',
    (items) => {
      driver.addToCart(token, 'CASE-001', 1)
      expect(place({ ...items, shippingAddress }).status).toBe(500)
      expect(place({ ...items, shippingAddress, notes: 'x'.repeat(500), items: [] }).status).toBe(201)
    },
  )

  it('takes long zip codes, and does without a phone number', () => {
    driver.addToCart(token, 'CASE-001', 1)
    const { phone: _, ...address } = shippingAddress
    expect(place({ items: [], shippingAddress: { ...address, zipCode: '10001-1234' } }).status).toBe(201)
  })

  it('answers 201 with a number and the content of the cart, not with the items that were sent', () => {
    driver.addToCart(token, 'CASE-001', 2, 19)
    const reply = place({ items: [{ productId: 'LAPTOP-001' }], shippingAddress })
    expect(reply.status).toBe(201)
    expect(reply.body).toMatchObject({
      orderNumber: expect.stringMatching(/^ORD-\d{8}$/),
      userEmail: 'ada@shop.example',
      items: [{ productId: 'CASE-001', price: 19, quantity: 2 }],
      totalAmount: 38,
      totalItems: 2,
      status: 'PENDING',
      paymentId: null,
      paymentStatus: null,
      shippingAddress: null,
      notes: null,
    })
  })
})

describe('the saga behind an order', () => {
  it('reserves, takes the payment, clears the cart and sends notifications: three in all', () => {
    driver.addToCart(token, 'CASE-001', 2, 19)
    driver.addToCart(token, 'MOUSE-001', 1, 29)
    driver.innerCalls.length = 0
    const { id } = bodyOf(place())
    expect(driver.innerCalls.map(({ name }) => name)).toEqual(['order.readCart', 'order.notify'])
    driver.settle()
    expect(
      driver.innerCalls.slice(2).map(({ name, request }) => `${name} ${request.method} ${request.path}`),
    ).toEqual([
      'order.fulfil POST /api/inventory/reserve',
      'order.fulfil POST /api/inventory/reserve',
      'order.fulfil POST /api/payments',
      'order.clearCart DELETE /api/cart',
      'order.notify POST /api/notifications',
      'order.notify POST /api/notifications',
    ])

    const order = orderOf(id)
    expect(order).toMatchObject({
      status: 'CONFIRMED',
      paymentId: expect.any(Number),
      paymentStatus: 'COMPLETED',
    })
    const payment = driver.ask('GET', 'payment', `/api/payments/${order.paymentId}`, token)
    expect(payment).toMatchObject({ status: 200, body: { amount: 67, orderId: id!, status: 'COMPLETED' } })
    expect(driver.shop.state.stock.get('CASE-001')!.warehouses[0]!.reserved).toBe(2)
    expect(bodyOf(driver.ask('GET', 'cart', '/api/cart', token)).items).toEqual([])
    expect(notifications().map(({ type }) => type)).toEqual(['ORDER_STATUS', 'PAYMENT', 'ORDER_CONFIRMATION'])
  })

  it('cancels the order when the payment is declined', () => {
    driver.addToCart(token, 'LAPTOP-001', 100, 1000.01)
    const { id } = bodyOf(place())
    driver.settle()
    const { status, paymentId } = orderOf(id)
    expect(status).toBe('CANCELLED')
    expect(driver.shop.state.payments.get(paymentId as number)!.status).toBe('FAILED')
  })

  it('cancels the order when something cannot be reserved', () => {
    driver.addToCart(token, 'CASE-001', 2)
    const { id } = bodyOf(place())
    driver.shop.state.stock.get('CASE-001')!.warehouses[0]!.available = 1
    driver.settle()
    expect(orderOf(id).status).toBe('CANCELLED')
  })

  it('does not bring back an order that has been cancelled meanwhile', () => {
    driver.addToCart(token, 'CASE-001', 1)
    const { id } = bodyOf(place())
    driver.ask('POST', 'order', `/api/orders/${id}/cancel`, token)
    driver.settle()
    expect(orderOf(id).status).toBe('CANCELLED')
  })

  it('goes on when the customer comes back and logs in again', () => {
    driver.addToCart(token, 'CASE-001', 1)
    const { id } = bodyOf(place())
    driver.nowMs += 5_000
    const newToken = driver.signIn('ada')
    driver.settle()
    expect(bodyOf(driver.ask('GET', 'order', `/api/orders/${id}`, newToken)).status).toBe('CONFIRMED')
  })
})

describe('orders', () => {
  it('are listed, and cancelled, by their customer only', () => {
    driver.addToCart(token, 'CASE-001', 1)
    const { id } = bodyOf(place())
    const other = driver.signIn('eve')
    const list = (who: string) => driver.ask('GET', 'order', '/api/orders/user', who).body as JsonObject[]
    expect(list(token).map((order) => order.id)).toEqual([id])
    expect(list(other)).toEqual([])
    expect(driver.ask('GET', 'order', `/api/orders/${id}`, other).status).toBe(404)
    expect(driver.ask('POST', 'order', `/api/orders/${id}/cancel`, other).status).toBe(404)
    expect(driver.ask('POST', 'order', `/api/orders/${id}/cancel?reason=late`, token)).toMatchObject({
      status: 200,
      body: { status: 'CANCELLED' },
    })
  })

  it('are cancelled once, and not when they are on their way', () => {
    driver.addToCart(token, 'CASE-001', 1)
    const { id } = bodyOf(place())
    const cancel = () => driver.ask('POST', 'order', `/api/orders/${id}/cancel`, token).status
    driver.ask('PUT', 'order', `/api/orders/${id}/status`, token, { status: 'SHIPPED' })
    expect(cancel()).toBe(400)
    driver.ask('PUT', 'order', `/api/orders/${id}/status`, token, { status: 'PROCESSING' })
    expect(cancel()).toBe(200)
    expect(cancel()).toBe(400)
  })
})
