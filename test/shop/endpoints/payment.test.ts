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

  it('are refunded once', () => {
    const { paymentId } = bodyOf(post('/api/payments', { userId: '1', amount: 5 }))
    expect(post(`/api/payments/${paymentId}/refund`)).toMatchObject({
      status: 200,
      body: { status: 'REFUNDED' },
    })
    expect(post(`/api/payments/${paymentId}/refund`).status).toBe(409)
  })

  it('cannot be refunded when they failed, or are not there', () => {
    const { paymentId } = bodyOf(post('/api/payments', { userId: '1', amount: 2e5 }))
    expect(post(`/api/payments/${paymentId}/refund`).status).toBe(409)
    expect(post('/api/payments/999/refund').status).toBe(404)
    expect(driver.ask('GET', 'payment', '/api/payments/999', token).status).toBe(404)
  })
})
