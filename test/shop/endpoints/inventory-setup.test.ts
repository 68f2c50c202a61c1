import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

const BOOK = {
  sku: 'BOOK-001',
  name: 'A Book of Queues',
  description: 'All about waiting',
  category: 'Books',
  brand: 'Erlang',
  price: 29.5,
  weight: 0.4,
  status: 'ACTIVE',
}
const entry = (
  warehouseLocation: string,
  totalQuantity: number,
  reservedQuantity = 0,
  productSku = BOOK.sku,
) => ({
  productSku,
  warehouseLocation,
  totalQuantity,
  availableQuantity: totalQuantity - reservedQuantity,
  reservedQuantity,
  minimumStockLevel: totalQuantity * 0.1,
  maximumStockLevel: totalQuantity * 1.5,
  reorderPoint: totalQuantity * 0.2,
})

let driver: ShopDriver
let token: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
})

const get = (path: string) => driver.ask('GET', 'inventory', `/api/inventory${path}`, token)
const post = (path: string, body?: JsonObject) =>
  driver.ask('POST', 'inventory', `/api/inventory${path}`, token, body)
const listOf = (path: string) => get(path).body as JsonObject[]

describe('a product', () => {
  it('is in the catalogue once it is posted, also for those who looked before', () => {
    expect(listOf('/search?query=queues')).toEqual([])
    expect(get('/products/category/Books').status).toBe(404)
    const reply = post('/products', BOOK)
    expect(reply).toMatchObject({ status: 201, body: { ...BOOK, id: expect.any(Number) } })
    expect(get('/products/BOOK-001')).toEqual({ status: 200, body: reply.body })
    expect(listOf('/search?query=queues')).toEqual([reply.body])
    expect(listOf('/products/category/Books')).toEqual([reply.body])
    expect(listOf('/products')).toContainEqual(reply.body)
  })

  it('has no stock until an entry says so', () => {
    post('/products', BOOK)
    expect(get('/product/BOOK-001')).toEqual({ status: 404 })
    expect(listOf('/all').some(({ sku }) => sku === BOOK.sku)).toBe(false)
    expect(driver.addToCart(token, BOOK.sku, 1).status).toBe(400)
  })

  it('is posted once', () => {
    post('/products', BOOK)
    expect(post('/products', BOOK)).toMatchObject({
      status: 500,
      body: { error: 'Internal Server Error', message: 'Product exists: BOOK-001' },
    })
  })

  it('of the scenario can be described anew, once, and keeps its stock', () => {
    const phone = { ...BOOK, sku: 'PHONE-001', name: 'Another Phone' }
    const before = bodyOf(get('/product/PHONE-001'))
    expect(post('/products', phone).status).toBe(201)
    expect(post('/products', phone).status).toBe(500)
    expect(bodyOf(get('/product/PHONE-001'))).toEqual({ ...before, name: phone.name, price: phone.price })
  })

  it.each([
    ['sku', ''],
    ['name', null],
    ['category', 7],
    ['price', 0],
    ['weight', 0],
    ['weight', -1],
  ])('is refused for its %s: %s', (field, value) => {
    const reply = post('/products', { ...BOOK, [field]: value })
    expect(reply.status).toBe(400)
    expect(Object.keys(bodyOf(reply).validationErrors as object)).toEqual([field])
  })

  it('may do without a weight', () => {
    const { weight: _, ...book } = BOOK
    expect(post('/products', book).status).toBe(201)
  })
})

describe.each(['/items', '/create'])('an entry, posted to %s', (path) => {
  beforeEach(() => {
    post('/products', BOOK)
  })

  it('is what one warehouse has; several are summed up', () => {
    expect(post(path, entry('US-EAST', 300, 30))).toMatchObject({
      status: 201,
      body: { sku: BOOK.sku, warehouseLocation: 'US-EAST', availableQuantity: 270, reservedQuantity: 30 },
    })
    expect(bodyOf(get('/product/BOOK-001'))).toMatchObject({
      warehouseLocation: 'US-EAST',
      totalQuantity: 300,
    })
    post(path, entry('US-WEST', 240))
    post(path, entry('US-CENTRAL', 200, 10))
    expect(bodyOf(get('/product/BOOK-001'))).toEqual({
      id: expect.any(Number),
      productSku: BOOK.sku,
      sku: BOOK.sku,
      name: BOOK.name,
      price: BOOK.price,
      warehouseLocation: 'MULTIPLE_WAREHOUSES',
      totalQuantity: 740,
      availableQuantity: 700,
      reservedQuantity: 40,
      minimumStockLevel: 74,
      maximumStockLevel: 1110,
      reorderPoint: 148,
      reorderQuantity: 740,
      lowStock: false,
      outOfStock: false,
    })
    expect(listOf('/items/warehouse/US-WEST').filter(({ sku }) => sku === BOOK.sku)).toHaveLength(1)
    expect(listOf('').filter(({ sku }) => sku === BOOK.sku)).toHaveLength(3)
  })

  it('is posted once per warehouse, for a product that is there', () => {
    post(path, entry('US-EAST', 300))
    expect(post(path, entry('US-EAST', 300)).status).toBe(500)
    expect(post(path, entry('US-EAST', 300, 0, 'NO-SUCH-SKU')).status).toBe(404)
    expect(bodyOf(get('/product/BOOK-001')).totalQuantity).toBe(300)
  })

  it('takes the place of the stock that a product of the scenario began with', () => {
    expect(post(path, entry('US-EAST', 10, 0, 'PHONE-001')).status).toBe(201)
    post(path, entry('US-WEST', 20, 0, 'PHONE-001'))
    expect(bodyOf(get('/product/PHONE-001')).totalQuantity).toBe(30)
    expect(post(path, entry('US-EAST', 10, 0, 'PHONE-001')).status).toBe(500)
  })

  it('knows nothing of what was reserved of the stock before it', () => {
    const reserve = { orderId: 'ORD-1', productSku: 'PHONE-001', quantity: 1 }
    const [kept, sold] = [bodyOf(post('/reserve', reserve)), bodyOf(post('/reserve', reserve))]
    post(path, entry('US-EAST', 10, 0, 'PHONE-001'))
    expect(post(`/release/${kept.reservationId}`).status).toBe(200)
    expect(post(`/confirm/${sold.reservationId}`).status).toBe(200)
    expect(bodyOf(get('/product/PHONE-001'))).toMatchObject({
      totalQuantity: 10,
      availableQuantity: 10,
      reservedQuantity: 0,
    })
  })

  it('names all that is missing', () => {
    expect(Object.keys(bodyOf(post(path, {})).validationErrors as object).sort()).toEqual([
      'availableQuantity',
      'minimumStockLevel',
      'productSku',
      'totalQuantity',
      'warehouseLocation',
    ])
  })
})

describe('stock that clients brought', () => {
  beforeEach(() => {
    post('/products', BOOK)
    post('/items', entry('US-EAST', 10))
    post('/items', entry('US-WEST', 30))
  })
  const reserve = (quantity: number, warehouseLocation?: string) =>
    post('/reserve', {
      orderId: 'ORD-1',
      productSku: BOOK.sku,
      quantity,
      ...(warehouseLocation === undefined ? {} : { warehouseLocation }),
    })
  const available = (warehouse: string) =>
    listOf(`/items/warehouse/${warehouse}`).find(({ sku }) => sku === BOOK.sku)!.availableQuantity

  it('is bought', () => {
    expect(driver.addToCart(token, BOOK.sku, 3).status).toBe(201)
    const shippingAddress = { street: 'S', city: 'C', state: 'MA', zipCode: '02110', country: 'US' }
    const order = driver.ask('POST', 'order', '/api/orders', token, { items: [], shippingAddress })
    driver.settle()
    const { id } = bodyOf(order)
    expect(bodyOf(driver.ask('GET', 'order', `/api/orders/${id}`, token)).status).toBe('CONFIRMED')
    expect(available('US-EAST')).toBe(7)
  })

  it('is reserved where there is enough, or where the client says', () => {
    expect(reserve(10)).toMatchObject({ status: 201, body: { success: true, warehouseLocation: 'US-EAST' } })
    expect(reserve(1)).toMatchObject({ status: 201, body: { warehouseLocation: 'US-WEST' } })
    expect(reserve(1, 'US-EAST')).toMatchObject({ status: 409, body: { success: false } })
    expect(reserve(1, 'EUROPE').status).toBe(409)
  })

  it('goes back to where it was reserved', () => {
    const { reservationId } = bodyOf(reserve(20))
    expect(available('US-WEST')).toBe(10)
    post(`/release/${reservationId}`)
    expect(available('US-WEST')).toBe(30)
    expect(available('US-EAST')).toBe(10)
  })

  it('is checked in one warehouse or in all', () => {
    const check = (quantity: number, where: JsonObject = {}) =>
      bodyOf(post('/check', { productSku: BOOK.sku, quantity, ...where })).available
    expect(check(40)).toBe(true)
    expect(check(41)).toBe(false)
    expect(check(10, { warehouseLocation: 'US-EAST' })).toBe(true)
    expect(check(11, { warehouseLocation: 'US-EAST' })).toBe(false)
  })

  it('is adjusted, but not to less than is free', () => {
    const adjust = (quantity: number, where: JsonObject = {}) =>
      post('/adjust', { productSku: BOOK.sku, quantity, ...where })
    expect(adjust(5, { warehouseLocation: 'US-WEST' })).toMatchObject({
      status: 200,
      body: { totalQuantity: 45, availableQuantity: 45 },
    })
    expect(adjust(-10)).toMatchObject({ status: 200, body: { totalQuantity: 35 } })
    expect(adjust(-1).status).toBe(400)
    expect(adjust(1, { warehouseLocation: 'EUROPE' }).status).toBe(404)
    expect(post('/adjust', { productSku: 'NO-SUCH-SKU', quantity: 1 }).status).toBe(404)
  })

  it('is low at its reorder point', () => {
    expect(listOf('/low-stock')).toEqual([])
    reserve(24, 'US-WEST')
    expect(listOf('/low-stock')).toMatchObject([
      { sku: BOOK.sku, warehouseLocation: 'US-WEST', lowStock: true },
    ])
  })
})
