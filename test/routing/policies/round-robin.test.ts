import { expect, test } from 'vitest'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf } from '../observation-of.ts'

const never = () => {
  throw new Error('round robin draws nothing')
}

test('takes each in turn, skips a masked one, and goes on from where it was', () => {
  const policy = policyFactory('round-robin')('cart-service')
  const all = observationOf({ inFlight: [9, 0, 4] })
  const without1 = observationOf({ inFlight: [9, 0, 4], eligible: [1, 0, 1] })
  const order = [all, all, all, all, without1, without1, without1, all].map(
    (seen) => choose(policy, seen, never).index,
  )
  expect(order).toEqual([0, 1, 2, 0, 2, 0, 2, 0])
})

test('the propensity of the choice is 1, whatever was there before', () => {
  const policy = policyFactory('round-robin')('cart-service')
  const propensities = new Float64Array(3).fill(0.7)
  policy.choose(observationOf({ inFlight: [0, 0, 0] }), never, propensities)
  expect(Array.from(propensities)).toEqual([1, 0, 0])
})
