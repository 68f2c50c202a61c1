import { describe, expect, it } from 'vitest'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { chiSquare, chiSquareLimit } from '../../core/chi-square.ts'
import { choose, observationOf, scripted } from '../observation-of.ts'

const KEYS = Array.from({ length: 20_000 }, (_, i) => `/api/products/${i}`)
const never = scripted()

function preferredOf(affinity: string, weights: readonly number[], eligible?: readonly number[]): number {
  const policy = policyFactory('consistent-hash(balanceFactor=1000)')('inventory-service')
  const inFlight = weights.map(() => 0)
  const seen = observationOf({ inFlight, weights, affinity, ...(eligible && { eligible }) })
  const { index, propensities } = choose(policy, seen, never)
  expect(propensities).toEqual(weights.map((_, i) => (i === index ? 1 : 0)))
  return index
}

const equal = (count: number): number[] => Array(count).fill(1)

describe('consistent-hash', () => {
  it('sends one affinity to one place: golden', () => {
    expect(KEYS.slice(0, 12).map((key) => preferredOf(key, equal(5)))).toEqual([
      2, 4, 4, 2, 2, 1, 2, 2, 0, 0, 1, 1,
    ])
  })

  it('moves only what the new instance takes, and that is its share', () => {
    const moved = KEYS.map((key) => [preferredOf(key, equal(7)), preferredOf(key, equal(8))]).filter(
      ([before, after]) => before !== after,
    )
    expect(moved.every(([, after]) => after === 7)).toBe(true)
    expect(moved.length / KEYS.length).toBeCloseTo(1 / 8, 2)
  })

  it('moves only what the lost instance had', () => {
    for (const key of KEYS.slice(0, 2000)) {
      const before = preferredOf(key, equal(4))
      const after = preferredOf(key, equal(4), [1, 0, 1, 1])
      if (before !== 1) expect(after).toBe(before)
      else expect(after).not.toBe(1)
    }
  })

  it.each([[equal(8)], [[5, 1, 1, 3]], [[0.5, 0.25]]])('spreads affinities by the weights %j', (weights) => {
    const counts = new Float64Array(weights.length)
    for (const key of KEYS) counts[preferredOf(key, weights)]! += 1
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const expected = weights.map((weight) => (KEYS.length * weight) / total)
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(weights.length - 1))
  })

  it.each([1, 1.25, 2])(
    'keeps every instance within %d of its share, however hot one affinity is',
    (factor) => {
      const policy = policyFactory(`consistent-hash(balanceFactor=${factor})`)('inventory-service')
      const weights = [4, 2, 1, 1]
      const inFlight = [0, 0, 0, 0]
      for (let i = 0; i < 400; i++) {
        const { index } = choose(policy, observationOf({ inFlight, weights, affinity: '/hot' }), never)
        inFlight[index]! += 1
        expect(inFlight[index]).toBeLessThanOrEqual(Math.ceil((factor * (i + 1) * weights[index]!) / 8))
      }
      // One affinity alone fills what it prefers, and only then goes on.
      const full = inFlight.filter((held, i) => held === Math.ceil((factor * 400 * weights[i]!) / 8))
      expect(full.length).toBeGreaterThan(0)
    },
  )
})
