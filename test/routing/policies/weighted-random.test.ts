import { expect, test } from 'vitest'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf } from '../observation-of.ts'

const policy = policyFactory('weighted-random')('cart-service')
const inFlight = [9, 0, 4]

test.each([
  [
    [5, 3, 2],
    [1, 1, 1],
    [0.5, 0.3, 0.2],
  ],
  [
    [5, 3, 2],
    [1, 0, 1],
    [5 / 7, 0, 2 / 7],
  ],
  [
    [0.5, 0.25, 0.25],
    [1, 1, 1],
    [0.5, 0.25, 0.25],
  ],
])('weights %j, eligible %j', (weights, eligible, expected) => {
  const { propensities } = choose(policy, observationOf({ inFlight, eligible, weights }), () => 0)
  for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
})

test.each([
  [0, 0],
  [0.499, 0],
  [0.5, 1],
  [0.799, 1],
  [0.8, 2],
  [1 - Number.EPSILON, 2],
])('a draw of %d takes %i', (draw, index) => {
  expect(choose(policy, observationOf({ inFlight, weights: [5, 3, 2] }), () => draw).index).toBe(index)
})

test('what rounding leaves is the last eligible one', () => {
  const seen = observationOf({ inFlight: [0, 0, 0, 0], weights: [0.1, 0.2, 0.3, 9], eligible: [1, 1, 1, 0] })
  expect(choose(policy, seen, () => 1 - Number.EPSILON / 2).index).toBe(2)
})
