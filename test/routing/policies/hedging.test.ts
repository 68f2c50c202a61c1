import { expect, it } from 'vitest'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf } from '../observation-of.ts'

const policyOf = (text: string) => policyFactory(text)('cart-service')

it('says after how long, and leaves the choice to the wrapped policy', () => {
  const policy = policyOf('hedging(least-outstanding, afterMs=40)')
  expect(policy.hedgeAfterMs).toBe(40)
  expect(choose(policy, observationOf({ inFlight: [3, 1] }), () => 0).propensities).toEqual([0, 1])
})

it('the outermost counts, and other wrappers hand it on', () => {
  expect(policyOf('hedging(hedging(random, afterMs=40), afterMs=7)').hedgeAfterMs).toBe(7)
  expect(policyOf('backpressure(hedging(random, afterMs=40))').hedgeAfterMs).toBe(40)
  expect(policyOf('random').hedgeAfterMs).toBeUndefined()
})
