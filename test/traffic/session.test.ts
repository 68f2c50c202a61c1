import { describe, expect, it } from 'vitest'
import type { CallStep, Reply } from '../../src/core/index.ts'
import { ABANDONING, BUYING, CALM, newAccount, runSession, runSessions, ScriptedShop } from './session-run.ts'

/** The scripted shop, with other replies to some actions. */
function shopWith(replies: Readonly<Record<string, Reply>>) {
  const shop = new ScriptedShop()
  return { reply: (step: CallStep) => replies[step.name] ?? shop.reply(step) }
}

describe('signing in', () => {
  it('registers a new account and logs in, and the token goes with every request after that', () => {
    const { actions, requests, checks } = runSession()
    expect(actions.slice(0, 2)).toEqual(['register', 'login'])
    expect(requests.map(({ token }) => token)).toEqual([undefined, undefined, ...Array(5).fill('token-1')])
    expect(checks).toEqual([['login gives a token', true]])
  })

  it('goes on with an account that an earlier run has registered', () => {
    const { result, actions } = runSession({ shop: shopWith({ register: { status: 409 } }) })
    expect(result.signedIn).toBe(true)
    expect(actions.slice(0, 2)).toEqual(['register', 'login'])
  })

  it.each([
    ['registering', { register: { status: 500 } }],
    ['logging in', { login: { status: 401 } }],
    ['a login without a token', { login: { status: 200, body: {} } }],
    ['a login without an answer', { login: { status: 0, failure: 'timeout' } }],
  ] as const)('ends the session after a pause when it fails: %s', (_, replies) => {
    const { result, pausesMs, actions } = runSession({ shop: shopWith(replies) })
    expect(result).toEqual({ signedIn: false, ordered: false, pages: 0 })
    expect(pausesMs).toEqual([2000])
    expect(actions.at(-1)).toBe(Object.keys(replies)[0])
  })

  it('of a returning account does not register again, and finds the old cart', () => {
    const account = newAccount()
    const shop = new ScriptedShop()
    runSession({ account, shop, behavior: { ...ABANDONING, cartSize: [2, 2] } })
    const left = shop.cart.size
    expect(left).toBeGreaterThan(0)
    const { actions } = runSession({ account, shop, behavior: { ...BUYING, cartSize: [left, left] } })
    expect(actions.slice(0, 2)).toEqual(['login', 'cartView'])
    expect(actions).not.toContain('cartAdd')
    expect(shop.orderedSizes).toEqual([left])
  })
})

describe('the length of a session', () => {
  it('is its budget of pages, one call and one pause for each', () => {
    const { result, actions, pausesMs } = runSession({ behavior: { pagesPerSession: [7, 7] } })
    expect(result.pages).toBe(7)
    expect(actions).toHaveLength(2 + 7)
    expect(pausesMs).toEqual(Array(7).fill(2000))
  })

  it.each([0.25, 0.3, 0.5, 1, 1.7, 3, 4, 7, 8, 10])('has a budget that grows with the pace: %d', (pace) => {
    for (const budget of [1, 5, 12]) {
      const { result } = runSession({ phase: { pace }, behavior: { pagesPerSession: [budget, budget] } })
      expect(result.pages).toBe(Math.ceil(Number((budget * pace).toFixed(6))))
    }
  })

  it('is never longer than drawn, but for the page and the thought that are under way', () => {
    const behavior = {
      sessionMinutes: [2, 3],
      pagesPerSession: [1000, 1000],
      thinkTimeSeconds: [1, 9],
    } as const
    for (const { lengthMs, result } of runSessions(50, { behavior })) {
      expect(lengthMs).toBeGreaterThan(2 * 60_000)
      expect(lengthMs).toBeLessThan(3 * 60_000 + 9000 + 3 * 50)
      expect(result.pages).toBeGreaterThan(10)
    }
  })

  it('is divided by the time scale', () => {
    const behavior = { sessionMinutes: [2, 2], pagesPerSession: [1000, 1000] } as const
    const { lengthMs } = runSession({ behavior, scenario: { timeScale: 10 } })
    expect(lengthMs).toBeGreaterThanOrEqual(12_000)
    expect(lengthMs).toBeLessThan(12_000 + 200 + 3 * 50)
  })
})

describe('think times', () => {
  it.each([
    [1, 1],
    [4, 1],
    [1, 15],
    [0.5, 3],
  ])(
    'are spread over the range of the behaviour, divided by pace %d and time scale %d',
    (pace, timeScale) => {
      const behavior = { thinkTimeSeconds: [4, 10], pagesPerSession: [1000, 1000] } as const
      const { pausesMs } = runSession({ behavior, phase: { pace }, scenario: { timeScale } })
      const seconds = pausesMs.map((ms) => (ms / 1000) * pace * timeScale)
      expect(Math.min(...seconds)).toBeGreaterThanOrEqual(4 - 1e-9)
      expect(Math.max(...seconds)).toBeLessThanOrEqual(10 + 1e-9)
      const mean = seconds.reduce((sum, value) => sum + value, 0) / seconds.length
      expect(Math.abs(mean - 7)).toBeLessThan(4 * (6 / Math.sqrt(12 * seconds.length)))
    },
  )
})

describe('a buyer', () => {
  const behavior = { ...BUYING, cartSize: [2, 4] } as const

  it('orders exactly once', () => {
    for (const { result, actions } of runSessions(200, { behavior })) {
      expect(result.ordered).toBe(true)
      expect(actions.filter((action) => action === 'order')).toHaveLength(1)
    }
  })

  it('has as many products in the cart as drawn, whatever came and went on the way', () => {
    const actions = { cartAdd: 5, cartRemove: 4, order: 1, product: 2 }
    const sizes = Array.from({ length: 200 }, (_, seed) => {
      const shop = new ScriptedShop()
      runSession({ behavior: { ...behavior, actions }, shop, seed })
      expect(shop.orderedSizes).toHaveLength(1)
      return shop.orderedSizes[0]!
    })
    const counts = [2, 3, 4].map((size) => sizes.filter((value) => value === size).length)
    expect(counts.reduce((sum, count) => sum + count)).toBe(200)
    for (const count of counts) expect(Math.abs(count - 200 / 3)).toBeLessThan(4 * Math.sqrt(200 * (2 / 9)))
  })

  it('looks at the cart before ordering, and thinks in between', () => {
    const { actions, checks } = runSession({ behavior: { ...behavior, actions: { product: 1 } } })
    expect(actions.slice(-2)).toEqual(['cartView', 'order'])
    expect(checks).toContainEqual(['the order has a number', true])
    expect(checks).toContainEqual(['the cart has what was added', true])
  })

  it('tries again when the shop fails, and in the end gives up', () => {
    const shop = shopWith({ order: { status: 503 } })
    const { result, actions } = runSession({ behavior: { ...behavior, actions: { order: 1 } }, shop })
    expect(result.ordered).toBe(false)
    expect(actions.filter((action) => action === 'order').length).toBeGreaterThan(1)
  })

  it('does not order a cart that the shop has lost', () => {
    const shop = shopWith({ cartView: { status: 200, body: { items: [] } } })
    const { result, actions } = runSession({ behavior, shop })
    expect(result.ordered).toBe(false)
    expect(actions).not.toContain('order')
  })
})

describe('who does not buy', () => {
  const actions = { cartAdd: 2, cartRemove: 2, order: 2, browse: 1 }

  it('abandons a cart with something in it, and orders nothing', () => {
    for (let seed = 0; seed < 200; seed++) {
      const shop = new ScriptedShop()
      const { result } = runSession({ behavior: { ...ABANDONING, actions }, shop, seed })
      expect(result.ordered).toBe(false)
      expect(shop.orderedSizes).toEqual([])
      expect(shop.cart.size).toBeGreaterThan(0)
    }
  })

  it('only looks, and never touches the cart', () => {
    for (const { calls } of runSessions(50, { behavior: { ...CALM, actions } })) {
      for (const { request } of calls)
        expect(['user-service', 'inventory-service']).toContain(request.service)
    }
  })
})
