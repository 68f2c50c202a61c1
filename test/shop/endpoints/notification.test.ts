import { beforeEach, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

let driver: ShopDriver
let token: string
let userId: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
  userId = String(bodyOf(driver.ask('GET', 'user', '/api/users/me', token)).id)
})

const send = (body: JsonObject) => driver.ask('POST', 'notification', '/api/notifications', token, body)
const wish = () => ({ userId, type: 'WELCOME', title: 'Hello', message: 'Hello, Ada', channels: ['EMAIL'] })

it('is sent, and can be read again', () => {
  const reply = send(wish())
  expect(reply).toMatchObject({
    status: 201,
    body: { userId, type: 'WELCOME', title: 'Hello', status: 'SENT' },
  })
  const { id } = bodyOf(reply)
  expect(driver.ask('GET', 'notification', `/api/notifications/${id}`, token).body).toEqual(reply.body)
  expect(driver.ask('GET', 'notification', '/api/notifications/999', token).status).toBe(404)
})

it('needs everything that makes a message, and a channel', () => {
  const reply = send({ userId, channels: [] })
  expect(reply.status).toBe(400)
  expect(Object.keys(bodyOf(reply).validationErrors as object)).toEqual([
    'type',
    'title',
    'message',
    'channels',
  ])
})

it('is listed for whom it is meant, the newest 20 first', () => {
  for (let i = 1; i <= 25; i++) send({ ...wish(), title: `No ${i}` })
  send({ ...wish(), userId: 'somebody-else', title: 'Not yours' })
  const list = driver.ask('GET', 'notification', '/api/notifications', token).body as JsonObject[]
  expect(list.map(({ title }) => title)).toEqual(Array.from({ length: 20 }, (_, i) => `No ${25 - i}`))
})
