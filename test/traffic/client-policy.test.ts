import { describe, expect, it } from 'vitest'
import { keyOf, type Method, mixKeys, type Reply, type Request } from '../../src/core/index.ts'
import type { ClientSettings } from '../../src/scenario/index.ts'
import { attemptKey, ClientPolicy } from '../../src/traffic/index.ts'
import { chiSquare, chiSquareLimit, histogramOf } from '../core/chi-square.ts'
import { smallScenario } from '../shop/small-scenario.ts'

const { client } = smallScenario
const KEYS = Array.from({ length: 10_000 }, (_, i) => mixKeys(keyOf('requests'), i))

function policyOf(
  retries: Partial<ClientSettings['retries']>,
  others: Partial<ClientSettings> = {},
): ClientPolicy {
  return new ClientPolicy({
    ...client,
    ...others,
    retries: { ...client.retries, most: 3, jitter: 'none', budget: null, ...retries },
  })
}

const requestOf = (method: Method): Request => ({ method, service: 'cart-service', path: '/api/cart' })
const BUSY: Reply = { status: 503 }
const LATE: Reply = { status: 0, failure: 'timeout' }

/** Wait before the retry after a first failure, -1 for none. */
function waitMs(policy: ClientPolicy, { method = 'GET', reply = BUSY, sent = 0, key = 1 } = {}): number {
  return policy.retryAfterMs(requestOf(method as Method), reply as Reply, sent, key, 0)
}

describe('waiting', () => {
  it('doubles with every retry, up to its limit', () => {
    const policy = policyOf({ most: 10, backoffMs: 100, maxBackoffMs: 1500 })
    const waits = Array.from({ length: 6 }, (_, sent) => waitMs(policy, { sent }))
    expect(waits).toEqual([100, 200, 400, 800, 1500, 1500])
  })

  it('with full jitter is uniform between nothing and that, and a function of the request', () => {
    const policy = policyOf({ backoffMs: 100, jitter: 'full' })
    const waits = KEYS.map((key) => waitMs(policy, { key, sent: 1 }))
    expect(
      chiSquare(
        histogramOf(
          waits.map((ms) => ms / 200),
          20,
        ),
        Array(20).fill(500),
      ),
    ).toBeLessThan(chiSquareLimit(19))
    expect(KEYS.map((key) => waitMs(policy, { key, sent: 1 }))).toEqual(waits)
    expect(waitMs(policy, { key: KEYS[0]!, sent: 0 })).not.toBe(waits[0]! / 2)
  })

  it('ends when there were enough retries', () => {
    const policy = policyOf({ most: 2 })
    expect([0, 1, 2, 3].map((sent) => waitMs(policy, { sent }) >= 0)).toEqual([true, true, false, false])
  })
})

describe('a reply', () => {
  it.each<[Reply, boolean]>([
    [{ status: 200 }, false],
    [{ status: 404 }, false],
    [{ status: 429 }, false],
    [{ status: 500 }, false],
    [{ status: 502 }, true],
    [{ status: 503 }, true],
    [{ status: 504 }, true],
    [LATE, true],
    [{ status: 0, failure: 'reset' }, true],
    [{ status: 0, failure: 'connect' }, true],
    [{ status: 0, failure: 'aborted' }, false],
  ])('%j is tried again: %s', (reply, again) => {
    expect(waitMs(policyOf({}), { reply }) >= 0).toBe(again)
  })

  it('is tried again for the causes that are named, and no others', () => {
    const policy = policyOf({ on: ['429', 'timeout'] })
    const again = [{ status: 429 }, LATE, BUSY].map((reply) => waitMs(policy, { reply }) >= 0)
    expect(again).toEqual([true, true, false])
  })

  it('to a POST is final, unless nothing was sent or twice is fine', () => {
    const connect: Reply = { status: 0, failure: 'connect' }
    const again = (unsafe: boolean, reply: Reply) =>
      waitMs(policyOf({ unsafe }), { method: 'POST', reply }) >= 0
    expect([again(false, LATE), again(false, BUSY), again(false, connect)]).toEqual([false, false, true])
    expect([again(true, LATE), again(true, BUSY)]).toEqual([true, true])
  })

  it.each(['GET', 'PUT', 'DELETE'] as const)('to a %s may be tried again: twice is as once', (method) => {
    expect(waitMs(policyOf({}), { method })).toBe(100)
  })
})

describe('a client without retries and hedges', () => {
  it('makes single attempts', () => {
    expect(new ClientPolicy(client).single).toBe(true)
    expect(waitMs(new ClientPolicy(client))).toBe(-1)
    expect(policyOf({}).single).toBe(false)
    expect(policyOf({ most: 0 }, { hedgeAfterMs: 50 }).single).toBe(false)
  })
})

describe('a hedge', () => {
  it('is for GET only', () => {
    const policy = policyOf({ most: 0 }, { hedgeAfterMs: 50 })
    const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE']
    expect(methods.map((method) => policy.hedgeAfterMs(requestOf(method)))).toEqual([
      50,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
    expect(policyOf({}).hedgeAfterMs(requestOf('GET'))).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a budget', () => {
  it('spends nothing on replies that are final anyway', () => {
    const policy = policyOf({ budget: 0 })
    for (let i = 0; i < 1000; i++) waitMs(policy, { reply: { status: 200 } })
    for (let i = 0; i < 1000; i++) waitMs(policy, { sent: 3 })
    expect(waitMs(policy)).toBe(100)
  })

  it('once spent ends all retries', () => {
    const policy = policyOf({ budget: 0.2 })
    for (let i = 0; i < 1000; i++) policy.onRequest(0)
    const made = Array.from({ length: 1000 }, () => waitMs(policy)).filter((ms) => ms >= 0)
    // A fifth of the requests, and ten per second of the window.
    expect(made).toHaveLength(300)
  })
})

describe('the key of an attempt', () => {
  it('is that of the request for the first one, and another for every further one', () => {
    for (const key of KEYS.slice(0, 1000)) {
      const keys = [0, 1, 2, 3].map((attempt) => attemptKey(key, attempt))
      expect(keys[0]).toBe(key)
      expect(new Set(keys).size).toBe(4)
    }
  })
})
