/** Golden vectors of the three keys, worked out by hand from the rules of the three balancers. */
import { describe, expect, it, test } from 'vitest'
import { haproxyKey } from '../../../src/routing/policies/haproxy-least-connections.ts'
import type { Policy } from '../../../src/routing/policy.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf, type Seen, scripted, UNTOLD } from '../observation-of.ts'

const never = scripted()

function make(parameters: string): Policy {
  return policyFactory(`weighted-least-request(${parameters})`)('cart-service')
}

/** So many choices that draw nothing, as letters. */
function order(policy: Policy, count: number, seen: Seen): string {
  return Array.from({ length: count }, () => {
    const { index, propensities } = choose(policy, observationOf(seen), never)
    expect(propensities).toEqual(propensities.map((_, i) => (i === index ? 1 : 0)))
    return 'abc'[index]
  }).join('')
}

describe('key=envoy', () => {
  const thirds = [1, 1, 1]

  it('draws with replacement where the weights are equal', () => {
    const { propensities } = choose(
      make('key=envoy'),
      observationOf({ inFlight: [5, 0, 2], weights: [3, 3, 3] }),
      () => 0,
    )
    for (const [i, ninths] of [1, 5, 3].entries()) expect(propensities[i]).toBeCloseTo(ninths / 9, 12)
  })

  it('draws as often as it is told, and a tie keeps the first', () => {
    const policy = make('choices=3')
    const seen = observationOf({ inFlight: [1, 1, 2], weights: thirds })
    expect(choose(policy, seen, scripted(0.9, 0.5, 0.1)).index).toBe(1)
    expect(choose(policy, seen, scripted(0.9, 0.9, 0.9)).index).toBe(2)
  })

  it('goes by the weights of those that are left', () => {
    const seen = { inFlight: [0, 0, 0], weights: [2, 1, 1], eligible: [0, 1, 1] }
    expect(choose(make('key=envoy'), observationOf(seen), () => 0).propensities).toEqual([0, 0.5, 0.5])
  })

  it.each([
    ['idle', '', { inFlight: [0, 0], weights: [2, 1] }, 'abaabaab'],
    ['loaded', '', { inFlight: [3, 0], weights: [2, 1] }, 'babba'],
    ['loaded, bias 0', 'bias=0', { inFlight: [3, 0], weights: [2, 1] }, 'abaab'],
    ['loaded, bias 2', 'bias=2', { inFlight: [1, 0], weights: [2, 1] }, 'babba'],
    ['of three', '', { inFlight: [0, 0, 0], weights: [4, 1, 1] }, 'aaabcaaaabc'],
  ])('takes the earliest deadline where they are not: %s', (_, parameters, seen, expected) => {
    expect(order(make(parameters === '' ? 'key=envoy' : parameters), expected.length, seen)).toBe(expected)
  })

  it('keeps deadlines until the next pick, however the load has changed', () => {
    const policy = make('key=envoy')
    // a is put at 4 / 2 = 2, b picked at 1 and put at 2; a, now idle, still waits for its 2, and is put at 2.5.
    expect(order(policy, 1, { inFlight: [3, 0], weights: [2, 1] })).toBe('b')
    expect(order(policy, 4, { inFlight: [0, 0], weights: [2, 1] })).toBe('abab')
  })

  it('has one that comes back, or is added, make up for one pick and no more', () => {
    const policy = make('key=envoy')
    const weights = [2, 1, 1]
    order(policy, 99, { inFlight: [0, 0, 0], weights, eligible: [1, 1, 0] })
    const next = order(policy, 8, { inFlight: [0, 0, 0], weights })
    expect(next.split('').filter((letter) => letter === 'c').length).toBeLessThanOrEqual(3)
    expect(next[0]).toBe('c')
  })
})

describe('key=nginx', () => {
  it.each([
    ['the fewest per weight', [4, 1], [3, 1], 'bbbb'],
    ['the fewest per weight, the other', [2, 1], [3, 1], 'aaaa'],
    ['a smooth round robin among equals', [3, 1], [3, 1], 'aabaaaba'],
    ['of idle ones by weight', [0, 0, 0], [5, 1, 1], 'aabacaa'],
    ['only those that are equal take part', [3, 9, 1], [3, 1, 1], 'aacaaaca'],
  ])('%s', (_, inFlight, weights, expected) => {
    expect(order(make('key=nginx'), expected.length, { inFlight, weights })).toBe(expected)
  })

  it('does not step where one alone has the fewest', () => {
    const policy = make('key=nginx')
    expect(order(policy, 5, { inFlight: [2, 1], weights: [3, 1] })).toBe('aaaaa')
    expect(order(policy, 4, { inFlight: [3, 1], weights: [3, 1] })).toBe('aaba')
  })

  it('leaves out who may not be chosen', () => {
    expect(
      order(make('key=nginx'), 3, { inFlight: [0, 5, 5], weights: [1, 1, 1], eligible: [0, 1, 1] }),
    ).toBe('bcb')
  })
})

describe('key=haproxy', () => {
  test.each([
    [0, 1, 0],
    [0, 256, 0],
    [1, 1, 512],
    [1, 2, 256],
    [2, 3, 256],
    [1, 3, 170],
    [3, 100, 10],
    [1, 256, 2],
    [1, 0.5, 1024],
  ])('%i in flight and weight %d make %i', (inFlight, weight, key) => {
    expect(haproxyKey(inFlight, weight)).toBe(key)
  })

  it.each([
    ['an idle one first, whatever its weight', [1, 0], [256, 1], 'bbb'],
    ['the lowest key', [3, 1], [3, 1], 'aaa'],
    ['the lowest index at the start', [0, 0], [1, 1], 'aaa'],
  ])('%s', (_, inFlight, weights, expected) => {
    expect(order(make('key=haproxy'), expected.length, { inFlight, weights })).toBe(expected)
  })

  it('of equal ones the one that has not moved for longest', () => {
    const policy = make('key=haproxy')
    const seen = { inFlight: [0, 0, 0], weights: [1, 1, 1] }
    let letters = ''
    for (let i = 0; i < 6; i++) {
      const letter = order(policy, 1, seen)
      letters += letter
      policy.onStart!('abc'.indexOf(letter), i)
      policy.onOutcome!({ instance: 'abc'.indexOf(letter), nowMs: i, latencyMs: 1, failed: false, ...UNTOLD })
    }
    expect(letters).toBe('abcabc')
  })
})
