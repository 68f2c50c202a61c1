import { beforeEach, describe, expect, it } from 'vitest'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

let driver: ShopDriver
let token: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
})

const view = (who = token) => bodyOf(driver.ask('GET', 'cart', '/api/cart', who))

describe('merging', () => {
  it('takes over what lies in the cart of a session, wherever the session is named', () => {
    const guest = driver.signIn('guest')
    const session = { 'x-session-id': 's-1' }
    driver.addToCart(token, 'CASE-001', 1)
    for (const [headers, query, body] of [
      [session, '', undefined],
      [undefined, '?sessionId=s-1', undefined],
      [undefined, '', { sessionId: 's-1' }],
    ] as const) {
      driver.addToCart(guest, 'CASE-001', 2)
      driver.addToCart(guest, 'MOUSE-001', 1)
      driver.ask('GET', 'cart', '/api/cart', guest, undefined, session)
      const before = view().totalItems as number
      const reply = driver.ask('POST', 'cart', `/api/cart/merge${query}`, token, body, headers)
      expect(reply).toMatchObject({ status: 200, body: { totalItems: before + 3 } })
      expect(view()).toEqual(reply.body)
      expect(view(guest).items).toEqual([])
    }
  })

  it('of a session that nobody has leaves the cart as it is; without one there is nothing to do', () => {
    driver.addToCart(token, 'CASE-001', 1)
    expect(driver.ask('POST', 'cart', '/api/cart/merge?sessionId=none', token)).toMatchObject({
      status: 200,
      body: { totalItems: 1 },
    })
    expect(driver.ask('POST', 'cart', '/api/cart/merge', token).status).toBe(400)
  })
})

describe('converting', () => {
  const convert = (userId: unknown, query = '?orderId=7', who = token) =>
    driver.ask('POST', 'cart', `/api/cart/${userId}/convert-to-order${query}`, who)

  it('shows the cart a last time and forgets it', () => {
    driver.addToCart(token, 'CASE-001', 2)
    const { userId } = view()
    expect(convert(userId)).toMatchObject({
      status: 200,
      body: { status: 'CONVERTED', orderId: '7', totalItems: 2 },
    })
    expect(convert(userId).status).toBe(404)
    expect(view().items).toEqual([])
  })

  it('is for the owner, and names the order', () => {
    const { userId } = view()
    expect(convert(userId, '').status).toBe(400)
    expect(convert(userId, '?orderId=7', driver.signIn('eve')).status).toBe(403)
  })
})
