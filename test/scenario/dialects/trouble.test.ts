import { describe, expect, it } from 'vitest'
import { amountIn, EFFECTS, kindIn, serviceIn, splitKey } from '../../../src/scenario/dialects/trouble.ts'

describe('values', () => {
  it.each([
    ['latency_increase', '300%', 4],
    ['latency_increase', '+300%', 4],
    ['latency_increase', 3, 4],
    ['latency_increase', '0%', 1],
    ['latency_multiplier', 5, 5],
    ['latency_multiplier', '2.5x', 2.5],
    ['error_rate', '15%', 0.15],
    ['error_rate', 0.15, 0.15],
    ['timeout_rate', '0.7%', 0.007],
    ['timeout_rate', '100 %', 1],
  ] as const)('%s %j is %d', (key, value, amount) => {
    const { schema, amountOf } = EFFECTS[key]
    expect(amountOf(schema.parse(value))).toBe(amount)
  })

  it.each([
    ['latency_increase', '5x'],
    ['latency_increase', -1],
    ['latency_multiplier', 0.9],
    ['latency_multiplier', '500%'],
    ['latency_multiplier', 1001],
    ['error_rate', '101%'],
    ['error_rate', 15],
    ['timeout_rate', '-5%'],
    ['timeout_rate', 'some'],
  ] as const)('%s is not %j', (key, value) => {
    expect(EFFECTS[key].schema.safeParse(value).success).toBe(false)
  })
})

it.each([
  ['cart_service_error_rate', 'cart-service', 'error_rate'],
  ['cart_error_rate', 'cart-service', 'error_rate'],
  ['cart-service', 'cart-service', ''],
  ['Inventory', 'inventory-service', ''],
  ['error_rate', undefined, 'error_rate'],
  ['cartoon_rate', undefined, 'cartoon_rate'],
])('the key %s names %s and leaves %j', (key, service, rest) => {
  expect(splitKey(key)).toEqual({ service, rest })
})

describe('sentences', () => {
  it.each([
    ['inventory_service_partial_failure', 'inventory-service'],
    ['30% of users find the order service gone', 'order-service'],
    ['the cart is slow', 'cart-service'],
    ['users complain', undefined],
  ])('%j is about %s', (sentence, service) => {
    expect(serviceIn(sentence)).toBe(service)
  })

  it.each([
    ['30% of requests fail', 'errors', 0.3],
    ['error rate 0.2', 'errors', 0.2],
    ['5x latency', 'latency', 5],
    ['latency up to 5.5 times of it', 'latency', 5.5],
    ['latency +300%', 'latency', 4],
    ['latency increased by 50 percent', 'latency', 1.5],
    ['latency at 250%', 'latency', 2.5],
    ['20% time out', 'timeouts', 0.2],
    ['fails with timeouts, 20%', 'timeouts', 0.2],
    ['1 of 10 requests fail', 'errors', 0.1],
    ['1 in 4 requests time out', 'timeouts', 0.25],
    ['3 out of every 4 fail.', 'errors', 0.75],
    ['fails: 0.5 of requests', 'errors', 0.5],
    ['cart_error_rate_0.25', 'errors', 0.25],
    ['for 5 minutes, 30% of requests fail', 'errors', 0.3],
    ['30% fail for 0.5 seconds', 'errors', 0.3],
    ['5x_latency', 'latency', 5],
    ['slow for 10 minutes: 3x', 'latency', 3],
    ['latency at 250% of the usual', 'latency', 2.5],
  ] as const)('%j are %s of %d', (sentence, kind, amount) => {
    expect(kindIn(sentence)).toBe(kind)
    expect(amountIn(sentence, kind)).toBe(amount)
  })

  it.each([
    ['everything fails', 'errors'],
    ['3x the errors', 'errors'],
    ['120% fail', 'errors'],
    ['latency at 50%', 'latency'],
    ['delayed by 500ms', 'latency'],
    ['delayed by 2 s', 'latency'],
    ['slow for 5 minutes', 'latency'],
    ['latency 5', 'latency'],
    ['1 in 3 requests is slow', 'latency'],
    ['slow 3 times out of 10', 'latency'],
    ['latency increased for 50% of requests', 'latency'],
    ['fails 0.5 seconds', 'errors'],
    ['fails after 1', 'errors'],
    ['1 request fails', 'errors'],
    ['1 of 10 minutes fail', 'errors'],
    ['12 of 10 requests fail', 'errors'],
    ['5-10% fail', 'errors'],
    ['-5% errors', 'errors'],
    ['1,000 of 5 fail', 'errors'],
    ['times out after 0.5s', 'timeouts'],
  ] as const)('%j has no amount of %s', (sentence, kind) => {
    expect(amountIn(sentence, kind)).toBeUndefined()
  })
})
