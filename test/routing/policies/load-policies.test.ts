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
  ['power-of-d-choices', [5, 0, 2], [1, 1, 1], [0, 2 * third, third]],
  ['power-of-d-choices(d=1)', [5, 0, 2], [1, 1, 1], [third, third, third]],
  ['power-of-d-choices(d=3)', [5, 0, 2, 9], [1, 1, 1, 1], [0, 0.75, 0.25, 0]],
  ['power-of-d-choices(d=3)', [5, 0, 2, 9], [1, 0, 1, 1], [0, 0, 1, 0]],
  ['join-idle-queue', [5, 0, 2], [1, 1, 1], [0, 1, 0]],
  ['join-idle-queue', [5, 0, 2], [1, 0, 1], [0.5, 0, 0.5]],
  ['join-idle-queue', [0, 0, 2], [1, 1, 1], [0.5, 0.5, 0]],
  ['join-idle-queue(workers=3)', [3, 0, 2], [1, 1, 1], [0, 0.5, 0.5]],
  ['join-idle-queue(workers=3)', [3, 4, 9], [1, 1, 1], [third, third, third]],
])('%s with %j in flight, eligible %j', (name, inFlight, eligible, expected) => {
  const { propensities } = choose(
    policyFactory(name)('cart-service'),
    observationOf({ inFlight, eligible }),
    () => 0.9,
  )
  for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
})
