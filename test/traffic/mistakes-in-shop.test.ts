/** Every mistake against the real shop: it is refused with the right 4xx, and nothing in the shop changes. */
import { describe, expect, it } from 'vitest'
import type { CallStep, JsonObject } from '../../src/core/index.ts'
import { type InvalidInputs, MISTAKES, type Mistake } from '../../src/scenario/index.ts'
import type { ShopState } from '../../src/shop/index.ts'
import { Accounts } from '../../src/traffic/index.ts'
import { ShopDriver } from '../shop/shop-driver.ts'
import { smallScenario } from '../shop/small-scenario.ts'
import { erring } from './mistaken-users.ts'
import { runSession } from './session-run.ts'

const STATUS: Readonly<Record<Mistake, number>> = {
  unknownSku: 404,
  invalidSku: 404,
  invalidCategory: 404,
  invalidToken: 401,
  expiredToken: 401,
  missingToken: 401,
  malformedToken: 401,
  invalidQuantity: 400,
  negativeQuantity: 400,
  cartLimitExceeded: 400,
  invalidProductId: 400,
  malformedCartItem: 400,
  emptyCartOrder: 400,
  invalidAddress: 400,
  malformedOrder: 400,
  malformedRegistration: 400,
}
const SESSIONS = 60
const HOUR_MS = 3_600_000

function textOf({ carts, stock, ...state }: ShopState): string {
  const filled = [...carts.values()].filter(({ items }) => items.size > 0)
  const books = [state.usersByEmail, state.orders, state.payments, state.reservations, state.notifications]
  return JSON.stringify([
    filled.map(({ userId, items }) => [userId, [...items]]),
    [...stock.values()].map(({ warehouses }) => warehouses.map(({ total, reserved }) => [total, reserved])),
    ...books.map((book) => [...book]),
  ])
}

/** Sessions of new customers who make the mistake half the time; what came of each mistake. */
function mistakesOf(mistake: Mistake) {
  const made: { step: CallStep; status: number; message: string; changed: boolean }[] = []
  const driver = new ShopDriver()
  driver.nowMs = 40 * HOUR_MS
  const shop = {
    reply: (step: CallStep) => {
      driver.settle()
      const before = textOf(driver.shop.state)
      const reply = driver.send(step.request)
      if (step.mistake !== undefined) {
        // An unknown SKU is refused without a word.
        const { message } = (reply.body ?? { message: 'No product' }) as JsonObject
        const changed = textOf(driver.shop.state) !== before
        made.push({ step, status: reply.status, message: String(message), changed })
      }
      return reply
    },
  }
  const accounts = new Accounts(SESSIONS, 'test')
  for (let seed = 1; seed <= SESSIONS; seed++) {
    runSession({ behavior: erring(mistake, 0.5), account: accounts.take()!, shop, seed })
  }
  return made
}

describe.each(MISTAKES)('the mistake %s', (mistake) => {
  const made = mistakesOf(mistake)

  it('is refused with the right status, and changes nothing', () => {
    expect(made.length).toBeGreaterThan(SESSIONS / 4)
    for (const { step, status, changed } of made) {
      expect({ mistake: step.mistake, status, changed }, JSON.stringify(step.request)).toEqual({
        mistake,
        status: STATUS[mistake],
        changed: false,
      })
    }
  })

  it('is not taken for another', () => {
    const { message } = made[0]!
    if (mistake === 'expiredToken') expect(message).toBe('Token has expired')
    else if (STATUS[mistake] === 401) expect(message).toBe('Missing or invalid token')
    else if (mistake === 'emptyCartOrder') expect(message).toBe('The cart is empty')
    else expect(message).toMatch(/^(Validation failed|Unknown product|No product|No category|No route)/)
  })
})

it('every built-in invalid input is one', () => {
  const driver = new ShopDriver()
  const token = driver.signIn('ada')
  const { skus, categories, registrations, cartItems, orders }: InvalidInputs = smallScenario.invalidInputs
  const before = textOf(driver.shop.state)
  const get = (path: string) => driver.ask('GET', 'inventory', `/api/inventory/${path}`, token).status
  const statuses = {
    skus: skus.map((sku) => get(`product/${encodeURIComponent(sku)}`)),
    productIds: skus.map((sku) => driver.addToCart(token, sku, 1).status),
    categories: categories.map((category) => get(`products/category/${encodeURIComponent(category)}`)),
    registrations: registrations.map(
      (body) => driver.ask('POST', 'user', '/api/users/register', undefined, body).status,
    ),
    cartItems: cartItems.map((body) => driver.ask('POST', 'cart', '/api/cart/items', token, body).status),
    orders: orders.map((body) => driver.ask('POST', 'order', '/api/orders', token, body).status),
  }
  const expected = {
    skus: 404,
    productIds: 400,
    categories: 404,
    registrations: 400,
    cartItems: 400,
    orders: 400,
  }
  for (const [list, found] of Object.entries(statuses)) {
    expect(found.length, list).toBeGreaterThan(0)
    expect(new Set(found), list).toEqual(new Set([expected[list as keyof typeof expected]]))
  }
  expect(textOf(driver.shop.state)).toBe(before)
})
