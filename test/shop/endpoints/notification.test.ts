import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

let driver: ShopDriver
let token: string
let userId: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
  const me = { 'x-user-email': 'ada@shop.example' }
  userId = String(bodyOf(driver.ask('GET', 'user', '/api/users/me', token, undefined, me)).id)
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

it('goes by channels that there are, and takes a number for an id', () => {
  expect(bodyOf(send({ ...wish(), channels: ['EMAIL', 'PIGEON'] })).validationErrors).toEqual({
    channels: 'must be a list of EMAIL, SMS, PUSH, IN_APP, WEBHOOK',
  })
  expect(send({ ...wish(), userId: Number(userId) })).toMatchObject({ status: 201, body: { userId } })
})

describe('the list', () => {
  const page = (query = '') => driver.ask('GET', 'notification', `/api/notifications${query}`, token)
  const titles = (query?: string) => (bodyOf(page(query)).content as JsonObject[]).map(({ title }) => title)
  beforeEach(() => {
    for (let i = 1; i <= 25; i++) send({ ...wish(), title: `No ${i}` })
    send({ ...wish(), userId: 'somebody-else', title: 'Not yours' })
  })

  it('is for whom they are meant, in pages, the newest 20 first', () => {
    expect(titles()).toEqual(Array.from({ length: 20 }, (_, i) => `No ${25 - i}`))
    expect(titles('?page=1')).toEqual(['No 5', 'No 4', 'No 3', 'No 2', 'No 1'])
    expect(titles('?page=3&size=7')).toEqual(['No 4', 'No 3', 'No 2', 'No 1'])
    expect(bodyOf(page('?page=3&size=7'))).toMatchObject({
      totalElements: 25,
      totalPages: 4,
      number: 3,
      size: 7,
      numberOfElements: 4,
      first: false,
      last: true,
      empty: false,
    })
  })

  it.each(['?page=-1', '?size=0', '?size=many'])('has no page %s', (query) => {
    expect(page(query).status).toBe(400)
  })
})
