/** The policies that look at nothing but the requests in flight, or at nothing at all. */
import { expect, test } from 'vitest'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf } from '../observation-of.ts'

const third = 1 / 3

test.each([
  ['random', [5, 0, 2], [1, 1, 1], [third, third, third]],
  ['random', [5, 0, 2], [1, 0, 1], [0.5, 0, 0.5]],
  ['least-outstanding', [5, 0, 2], [1, 1, 1], [0, 1, 0]],
  ['least-outstanding', [5, 0, 2], [1, 0, 1], [0, 0, 1]],
  ['least-outstanding', [2, 5, 2], [1, 1, 1], [0.5, 0, 0.5]],
  ['power-of-two-choices', [5, 0, 2], [1, 1, 1], [0, 2 * third, third]],
  ['power-of-two-choices', [2, 5, 2], [1, 1, 1], [0.5, 0, 0.5]],
  ['power-of-two-choices', [5, 0, 2], [1, 0, 1], [0, 0, 1]],
])('%s with %j in flight, eligible %j', (name, inFlight, eligible, expected) => {
  const { propensities } = choose(
    policyFactory(name)('cart-service'),
    observationOf({ inFlight, eligible }),
    () => 0.9,
  )
  for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
})
