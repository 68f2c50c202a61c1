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
  ] as const)('%j are %s of %d', (sentence, kind, amount) => {
    expect(kindIn(sentence)).toBe(kind)
    expect(amountIn(sentence, kind)).toBe(amount)
  })

  it.each([
    ['everything fails', 'errors'],
    ['3x the errors', 'errors'],
    ['120% fail', 'errors'],
    ['latency at 50%', 'latency'],
  ] as const)('%j has no amount of %s', (sentence, kind) => {
    expect(amountIn(sentence, kind)).toBeUndefined()
  })
})
