/** Golden vectors worked out by hand from the C source's steps. */
import { describe, expect, it } from 'vitest'
import type { Policy } from '../../../src/routing/policy.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf, type Seen, UNTOLD } from '../observation-of.ts'

const inFlight = [9, 0, 4]
const never = () => {
  throw new Error('a smooth round robin draws nothing')
}

function make(parameters = ''): Policy {
  return policyFactory(`smooth-weighted-round-robin${parameters}`)('cart-service')
}

/** The choices at these times, as letters. */
function order(policy: Policy, timesMs: readonly number[], seen: Partial<Seen> = {}): string {
  return timesMs
    .map((nowMs) => {
      const { index, propensities } = choose(
        policy,
        observationOf({ inFlight, weights: [5, 1, 1], nowMs, ...seen }),
        never,
      )
      expect(propensities).toEqual(propensities.map((_, i) => (i === index ? 1 : 0)))
      return 'abc'[index]
    })
    .join('')
}

function answer(policy: Policy, instance: number, nowMs: number, failed: boolean): void {
  policy.onOutcome!({ instance, nowMs, latencyMs: 5, failed, ...UNTOLD })
}

const at = (count: number): number[] => Array(count).fill(0)

describe('smooth-weighted-round-robin', () => {
  it.each([
    [[5, 1, 1], 'aabacaaaabacaa'],
    [[1, 1, 1], 'abcabc'],
    [[3, 2, 1], 'abacbaabacba'],
    [[0.5, 0.25, 0.25], 'abcaabca'],
  ])('mixes weights %j as %s', (weights, expected) => {
    expect(order(make(), at(expected.length), { weights })).toBe(expected)
  })

  it('goes round among those that are left, and goes on where it was', () => {
    const policy = make()
    expect(order(policy, at(2))).toBe('aa')
    expect(order(policy, at(4), { eligible: [0, 1, 1] })).toBe('bcbc')
    expect(order(policy, at(3))).toBe('bac')
  })

  it('takes weight / maxFails, in whole numbers, off the effective weight, which grows back by 1', () => {
    const policy = make('(maxFails=2)')
    expect(order(policy, at(1))).toBe('a')
    answer(policy, 0, 0, true)
    expect(order(policy, at(6))).toBe('baacaa')
  })

  it('leaves out who failed, then has it tried once, and takes it back when that succeeds', () => {
    const policy = make()
    expect(order(policy, [0])).toBe('a')
    answer(policy, 0, 1000, true)
    expect(order(policy, [2000, 3000, 4000, 11_000])).toBe('bcbc')
    expect(order(policy, [11_001, 11_002, 11_003, 11_004])).toBe('bcba')
    expect(order(policy, [11_005])).toBe('c')
    answer(policy, 0, 11_005, false)
    expect(order(policy, [11_006])).toBe('a')
  })

  it('leaves it out again when the trial fails', () => {
    const policy = make('(failTimeoutSeconds=2)')
    expect(order(policy, [0])).toBe('a')
    answer(policy, 0, 0, true)
    expect(order(policy, [2001, 2002, 2003, 2004])).toContain('a')
    answer(policy, 0, 2005, true)
    const timesMs = Array.from({ length: 20 }, (_, i) => 2005 + i * 105)
    expect(timesMs.at(-1)).toBe(4000)
    expect(order(policy, timesMs)).not.toContain('a')
    expect(order(policy, [4006, 4007, 4008, 4009, 4010])).toContain('a')
  })

  it('with maxFails 0 forgives everything', () => {
    const policy = make('(maxFails=0)')
    answer(policy, 0, 0, true)
    expect(order(policy, at(1))).toBe('a')
    for (let i = 0; i < 9; i++) answer(policy, 0, 0, true)
    expect(order(policy, at(6))).toBe('abacaa')
  })

  it('forgives all when all have failed', () => {
    const policy = make()
    expect(order(policy, at(4))).toBe('aaba')
    for (const instance of [0, 1, 2]) answer(policy, instance, 0, true)
    const next = order(policy, at(7))
    for (const letter of 'abc') expect(next).toContain(letter)
  })
})
