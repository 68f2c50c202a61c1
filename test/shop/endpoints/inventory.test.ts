import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject, Reply } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'
import { smallScenario } from '../small-scenario.ts'

let driver: ShopDriver
let token: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
})

const get = (path: string) => driver.ask('GET', 'inventory', `/api/inventory${path}`, token)
const post = (path: string, body?: JsonObject) =>
  driver.ask('POST', 'inventory', `/api/inventory${path}`, token, body)
const skusOf = (reply: Reply) => (reply.body as JsonObject[]).map(({ sku }) => sku)
const { products } = smallScenario

describe('products', () => {
  it('gives the stock and the description of a product, and 404 for one that is not there', () => {
    expect(get('/product/LAPTOP-001')).toMatchObject({
      status: 200,
      body: { productSku: 'LAPTOP-001', reservedQuantity: 0, outOfStock: false, lowStock: false },
    })
    expect(get('/products/LAPTOP-001')).toMatchObject({
      status: 200,
      body: { category: 'Computers', price: 1299 },
    })
    expect(get('/product/NO-SUCH-SKU').status).toBe(404)
    expect(get('/products/NO-SUCH-SKU').status).toBe(404)
  })

  it('lists all of them', () => {
    const skus = products.map(({ sku }) => sku)
    expect(skusOf(get('/all'))).toEqual(skus)
    expect(skusOf(get('/products'))).toEqual(skus)
  })

  it('lists a category', () => {
    const audio = products.filter(({ category }) => category === 'Audio').map(({ sku }) => sku)
    expect(audio.length).toBeGreaterThan(0)
    expect(skusOf(get('/products/category/Audio'))).toEqual(audio)
    expect(get('/products/category/Boats').status).toBe(404)
  })

  it('searches in names, whatever their case, and in whole categories', () => {
    expect(skusOf(get('/search?query=PHONE'))).toEqual(['PHONE-001', 'HEADPHONES-001', 'CASE-001'])
    expect(skusOf(get('/search?query=photography'))).toEqual(['CAMERA-001', 'DRONE-001'])
    expect(skusOf(get('/search?query=65%20w'))).toEqual(['CHARGER-001'])
    expect(skusOf(get('/search?query=boat'))).toEqual([])
  })
})

describe('stock', () => {
  const stockOf = (sku: string) => bodyOf(get(`/product/${sku}`))
  const reserve = (quantity: number) =>
    post('/reserve', { orderId: 'ORD-1', productSku: 'CASE-001', quantity })

  it('is reserved, and free again when released', () => {
    const total = stockOf('CASE-001').totalQuantity as number
    const reply = reserve(3)
    expect(reply).toMatchObject({ status: 201, body: { success: true } })
    expect(stockOf('CASE-001')).toMatchObject({ reservedQuantity: 3, availableQuantity: total - 3 })
    const { reservationId } = bodyOf(reply)
    expect(post(`/release/${reservationId}`).status).toBe(200)
    expect(stockOf('CASE-001')).toMatchObject({ reservedQuantity: 0, totalQuantity: total })
    expect(post(`/release/${reservationId}`).status).toBe(404)
  })

  it('is gone when the reservation is confirmed', () => {
    const total = stockOf('CASE-001').totalQuantity as number
    const { reservationId } = bodyOf(reserve(4))
    expect(post(`/confirm/${reservationId}`).status).toBe(200)
    expect(stockOf('CASE-001')).toMatchObject({ reservedQuantity: 0, totalQuantity: total - 4 })
    expect(post(`/confirm/${reservationId}`).status).toBe(404)
  })

  it('cannot be reserved beyond what is there', () => {
    const total = stockOf('CASE-001').totalQuantity as number
    expect(reserve(total).status).toBe(201)
    expect(reserve(1)).toMatchObject({ status: 409, body: { success: false } })
    expect(stockOf('CASE-001')).toMatchObject({ outOfStock: true, lowStock: true })
    expect(driver.addToCart(token, 'CASE-001', 1)).toMatchObject({
      status: 400,
      body: { message: 'Out of stock: CASE-001' },
    })
  })

  it('is checked without being touched', () => {
    expect(post('/check', { productSku: 'CASE-001', quantity: 2 })).toMatchObject({
      status: 200,
      body: { available: true, requestedQuantity: 2 },
    })
    expect(post('/check', { productSku: 'CASE-001', quantity: 0 }).status).toBe(400)
    expect(post('/check', { productSku: 'NO-SUCH-SKU', quantity: 1 }).status).toBe(404)
    expect(stockOf('CASE-001').reservedQuantity).toBe(0)
  })

  it('wants to know for which order it is reserved', () => {
    const reply = post('/reserve', { productSku: 'CASE-001', quantity: 1 })
    expect(reply).toMatchObject({ status: 400, body: { validationErrors: { orderId: 'must not be blank' } } })
  })
})
