import { beforeEach, describe, expect, it } from 'vitest'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

let driver: ShopDriver
let token: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
})

const view = () => bodyOf(driver.ask('GET', 'cart', '/api/cart', token))
const update = (productId: string, quantity: number) =>
  driver.ask('PUT', 'cart', '/api/cart/items', token, { productId, quantity })

describe('the cart', () => {
  it('is empty at first, and there as soon as somebody looks', () => {
    expect(view()).toMatchObject({ items: [], totalAmount: 0, totalItems: 0, status: 'ACTIVE' })
  })

  it('belongs to one customer', () => {
    driver.addToCart(token, 'CASE-001', 1)
    const other = driver.signIn('eve')
    expect(bodyOf(driver.ask('GET', 'cart', '/api/cart', other)).items).toEqual([])
    expect(view().totalItems).toBe(1)
  })

  it('sums up to the cent', () => {
    driver.addToCart(token, 'CASE-001', 3, 0.1)
    driver.addToCart(token, 'MOUSE-001', 1, 29.99)
    expect(view()).toMatchObject({ totalAmount: 30.29, totalItems: 4 })
    expect(driver.ask('GET', 'cart', '/api/cart/summary', token)).toEqual({
      status: 200,
      body: { totalAmount: 30.29, totalItems: 4 },
    })
  })

  it('is not there before anybody has looked at it or put something in', () => {
    for (const [method, path] of [
      ['GET', '/api/cart/summary'],
      ['DELETE', '/api/cart'],
      ['DELETE', '/api/cart/items/CASE-001'],
      ['POST', '/api/cart/merge?sessionId=s-1'],
    ] as const) {
      expect(driver.ask(method, 'cart', path, token).status, path).toBe(404)
    }
    expect(update('CASE-001', 1).status).toBe(404)
  })

  it('remembers the session that was named last', () => {
    const session = { 'x-session-id': 's-1' }
    expect(view()).toMatchObject({ sessionId: null })
    expect(bodyOf(driver.ask('GET', 'cart', '/api/cart', token, undefined, session)).sessionId).toBe('s-1')
    expect(view()).toMatchObject({ sessionId: 's-1' })
  })

  it('is cleared at once', () => {
    driver.addToCart(token, 'CASE-001', 2)
    expect(driver.ask('DELETE', 'cart', '/api/cart', token)).toEqual({ status: 204 })
    expect(view().items).toEqual([])
  })
})

describe('adding', () => {
  it('answers 201 with the cart', () => {
    driver.nowMs = 1500
    const reply = driver.addToCart(token, 'CASE-001', 2, 19)
    expect(reply.status).toBe(201)
    expect(bodyOf(reply).items).toEqual([
      {
        productId: 'CASE-001',
        productName: 'CASE-001',
        productImage: '',
        price: 19,
        quantity: 2,
        subtotal: 38,
        addedAt: '1970-01-01T00:00:01.500Z',
      },
    ])
  })

  it('looks the product and its stock up through the balancer, with the token of the customer', () => {
    driver.addToCart(token, 'CASE-001', 1)
    expect(driver.innerCalls.map(({ name, request }) => [name, request.path, request.token])).toEqual([
      ['cart.lookUp', '/api/inventory/products/CASE-001', token],
      ['cart.lookUp', '/api/inventory/product/CASE-001', token],
    ])
  })

  it('answers 400 for a product that no warehouse has', () => {
    driver.shop.state.stock.addProduct({
      sku: 'BOOK-1',
      name: 'Book',
      category: 'Books',
      price: 9,
      status: '',
    })
    expect(driver.addToCart(token, 'BOOK-1', 1)).toMatchObject({
      status: 400,
      body: { message: 'Out of stock: BOOK-1' },
    })
  })

  it('adds up what is there already', () => {
    driver.addToCart(token, 'CASE-001', 2)
    driver.addToCart(token, 'CASE-001', 3)
    expect(view()).toMatchObject({ items: [{ quantity: 5 }] })
  })

  it('answers 400 for a product that is not there, also one with odd characters', () => {
    for (const sku of ['NO-SUCH-SKU', 'a/b?c=%']) {
      const reply = driver.addToCart(token, sku, 1)
      expect(reply).toMatchObject({ status: 400, body: { message: `Unknown product ${sku}` } })
    }
    expect(view().items).toEqual([])
  })

  it.each([0, -5, 101, 1.5])('answers 400 for a quantity of %d, before it asks anybody', (quantity) => {
    const reply = driver.addToCart(token, 'CASE-001', quantity)
    expect(reply.status).toBe(400)
    expect(bodyOf(reply).validationErrors).toEqual({ quantity: 'must be a whole number from 1 to 100' })
    expect(driver.innerCalls).toEqual([])
  })

  it('answers 400 and names all that is missing', () => {
    const reply = driver.ask('POST', 'cart', '/api/cart/items', token, {})
    expect(Object.keys(bodyOf(reply).validationErrors as object)).toEqual([
      'productId',
      'productName',
      'price',
      'quantity',
    ])
  })
})

describe('changing', () => {
  beforeEach(() => {
    driver.addToCart(token, 'CASE-001', 2)
  })

  it('sets a quantity, and 0 removes the item', () => {
    expect(update('CASE-001', 7)).toMatchObject({ status: 200, body: { totalItems: 7 } })
    expect(update('CASE-001', 0)).toMatchObject({ status: 200, body: { items: [] } })
  })

  it('refuses what is not in the cart, and quantities that cannot be', () => {
    expect(update('MOUSE-001', 1).status).toBe(404)
    expect(update('CASE-001', 101).status).toBe(400)
    expect(update('CASE-001', -1).status).toBe(400)
  })

  it('removes an item once', () => {
    const remove = () => driver.ask('DELETE', 'cart', '/api/cart/items/CASE-001', token)
    expect(remove()).toEqual({ status: 204 })
    expect(view().items).toEqual([])
    expect(remove().status).toBe(404)
  })
})

it('says 503 when the inventory does not answer', () => {
  const addItem = {
    method: 'POST',
    service: 'cart-service',
    path: '/api/cart/items',
    token,
    body: { productId: 'CASE-001', productName: 'Case', price: 19, quantity: 1 },
  } as const
  const process = driver.shop.handle(
    addItem,
    driver.shop.match(addItem),
    () => 0,
    driver.hostOf('cart-service'),
  )
  if ('status' in process) throw new Error('expected a process')
  process.next()
  expect(process.next({ status: 0, failure: 'timeout' })).toMatchObject({
    done: true,
    value: { status: 503 },
  })
})
