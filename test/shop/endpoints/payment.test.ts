import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

let driver: ShopDriver
let token: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
})

const post = (path: string, body?: JsonObject) => driver.ask('POST', 'payment', path, token, body)

describe('payments', () => {
  it.each(['/api/payments', '/api/payments/process'])('are made at %s', (path) => {
    const reply = post(path, { userId: '1', amount: 99.5, orderId: 7 })
    expect(reply).toMatchObject({
      status: 201,
      body: { userId: '1', amount: 99.5, orderId: 7, currency: 'USD', status: 'COMPLETED' },
    })
    const { paymentId } = bodyOf(reply)
    expect(driver.ask('GET', 'payment', `/api/payments/${paymentId}`, token).body).toEqual(reply.body)
  })

  it.each([
    [100_000, 'COMPLETED'],
    [100_000.01, 'FAILED'],
  ])('of %d are %s', (amount, status) => {
    expect(post('/api/payments', { userId: '1', amount })).toMatchObject({ status: 201, body: { status } })
  })

  it('must be of something', () => {
    expect(post('/api/payments', { userId: '1', amount: 0 })).toMatchObject({
      status: 400,
      body: { validationErrors: { amount: expect.any(String) } },
    })
  })

  it('name the order by its number, too, and take a number for the id of a user', () => {
    const wish = { userId: 17, amount: 5, orderNumber: 'ORD-00000007', paymentMethod: 'PAYPAL' }
    expect(post('/api/payments', wish).body).toMatchObject({ ...wish, userId: '17', orderId: null })
  })
})

describe('a refund', () => {
  const refund = (id: unknown, refundAmount = 5) =>
    post(`/api/payments/${id}/refund`, { paymentId: id as number, refundAmount, reason: 'late' })

  it('takes its second, and happens once', () => {
    const { paymentId } = bodyOf(post('/api/payments', { userId: '1', amount: 5 }))
    expect(refund(paymentId)).toMatchObject({
      status: 200,
      body: { status: 'REFUNDED', refundAmount: 5, reason: 'late' },
    })
    expect(driver.nowMs).toBe(1000)
    expect(refund(paymentId).status).toBe(409)
  })

  it('says what and how much, and not more than was paid', () => {
    const { paymentId } = bodyOf(post('/api/payments', { userId: '1', amount: 5 }))
    const reply = post(`/api/payments/${paymentId}/refund`, {})
    expect(reply.status).toBe(400)
    expect(Object.keys(bodyOf(reply).validationErrors as object)).toEqual(['paymentId', 'refundAmount'])
    expect(refund(paymentId, 5.01).status).toBe(400)
    expect(bodyOf(driver.ask('GET', 'payment', `/api/payments/${paymentId}`, token)).status).toBe('COMPLETED')
  })

  it('cannot be had for a payment that failed, or is not there', () => {
    const { paymentId } = bodyOf(post('/api/payments', { userId: '1', amount: 2e5 }))
    expect(refund(paymentId).status).toBe(409)
    expect(refund(999).status).toBe(404)
    expect(driver.ask('GET', 'payment', '/api/payments/999', token).status).toBe(404)
  })
})
