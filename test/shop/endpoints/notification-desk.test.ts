import { beforeEach, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

let driver: ShopDriver
let token: string
let userId: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
  userId = String(driver.shop.state.usersByEmail.get('ada@shop.example')!.id)
})

const send = (wish: JsonObject = {}) =>
  bodyOf(
    driver.ask('POST', 'notification', '/api/notifications', token, {
      userId,
      type: 'WELCOME',
      title: 'Hello',
      message: 'Hello, Ada',
      channels: ['EMAIL', 'PUSH'],
      ...wish,
    }),
  )
const ask = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: JsonObject) =>
  driver.ask(method, 'notification', `/api/notifications${path}`, token, body)

it('counts types by whatever name', () => {
  send({ type: 'constructor' })
  send({ type: '__proto__' })
  const { byType } = bodyOf(ask('GET', '/stats'))
  expect(Object.entries(byType as JsonObject)).toEqual([
    ['__proto__', 1],
    ['constructor', 1],
  ])
})

it('counts those of the caller', () => {
  const { id } = send()
  send({ type: 'ORDER_CONFIRMATION', title: 'The latest' })
  send({ userId: 'somebody-else' })
  ask('PUT', `/${id}/status`, { status: 'READ' })
  expect(ask('GET', '/stats').body).toEqual({
    total: 2,
    byStatus: { READ: 1, SENT: 1 },
    byType: { ORDER_CONFIRMATION: 1, WELCOME: 1 },
  })
  expect(ask('GET', '/summary').body).toMatchObject({
    userId,
    total: 2,
    unread: 1,
    latest: { title: 'The latest' },
  })
})

it('keeps what is to go out later apart', () => {
  send()
  const later = send({ scheduledAt: '2030-01-01T00:00:00Z' })
  expect(later).toMatchObject({ status: 'SCHEDULED', scheduledAt: '2030-01-01T00:00:00Z' })
  expect(ask('GET', '/scheduled').body).toEqual([later])
})

it('changes a status, by the body or the query, and removes', () => {
  const { id } = send()
  expect(ask('PUT', `/${id}/status`, { status: 'DELIVERED' }).body).toMatchObject({ id, status: 'DELIVERED' })
  expect(ask('PUT', `/${id}/status?status=READ`).body).toMatchObject({ status: 'READ' })
  expect(ask('PUT', `/${id}/status`, { status: 'LOST' }).status).toBe(400)
  expect(ask('DELETE', `/${id}`)).toEqual({ status: 204 })
  expect(ask('DELETE', `/${id}`).status).toBe(404)
  expect(ask('PUT', `/${id}/status`, { status: 'READ' }).status).toBe(404)
})
