import { expect, test } from 'vitest'
import { exponential, RandomStreams } from '../../../src/core/index.ts'
import { LinearPolicy } from '../../../src/learning/linear/linear-policy.ts'
import { PRIOR_WEIGHTS, weightsOf } from '../../../src/learning/linear/linear-weights.ts'
import { type Policy, policyFactory, ServiceRouter } from '../../../src/routing/index.ts'
import { choose, observationOf, scripted } from '../../routing/observation-of.ts'

function linear(weights: Partial<typeof PRIOR_WEIGHTS>): LinearPolicy {
  return new LinearPolicy('model(policy-search)', '1', weightsOf(weights))
}

/** Decisions of 2000 requests of two routes, of which each takes a while. */
function decisionsOf(policy: Policy): number[] {
  const random = new RandomStreams(3).stream('traffic')
  const router = new ServiceRouter({
    service: 'cart-service',
    instances: ['a', 'b', 'c', 'd', 'e'],
    policy,
    random: new RandomStreams(4).stream('ties'),
  })
  const underWay: { untilMs: number; index: number; route: number; takesMs: number }[] = []
  const chosen: number[] = []
  for (let nowMs = 0; chosen.length < 2000; nowMs += exponential(random, 5)) {
    underWay.sort((a, b) => a.untilMs - b.untilMs)
    while (underWay.length > 0 && underWay[0]!.untilMs <= nowMs) {
      const { untilMs, index, route, takesMs } = underWay.shift()!
      router.onAnswer(index, untilMs, takesMs, false, Number.NaN, Number.NaN, takesMs, route)
    }
    const route = random() < 0.2 ? 1 : 0
    const index = router.decide(nowMs, route)
    router.onStart(index, nowMs, route)
    const takesMs = exponential(random, route === 1 ? 60 : 6)
    underWay.push({ untilMs: nowMs + takesMs, index, route, takesMs })
    chosen.push(index)
  }
  return chosen
}

test('with a weight on the requests in flight alone it is least outstanding, decision by decision', () => {
  const expected = decisionsOf(policyFactory('least-outstanding')('cart-service'))
  expect(decisionsOf(linear({ inFlight: 1 }))).toEqual(expected)
  expect(decisionsOf(linear({ inFlight: 3 }))).toEqual(expected)
  // The prior differs only where something fails.
  expect(decisionsOf(linear(PRIOR_WEIGHTS))).toEqual(expected)
  expect(decisionsOf(linear({ work: 1 }))).not.toEqual(expected)
})

test('chooses the lowest weighted sum, ties at random', () => {
  const observation = observationOf({ inFlight: [1, 0, 0], eligible: [1, 1, 1] })
  expect(choose(linear({ inFlight: 1 }), observation, scripted(0.6))).toEqual({
    index: 2,
    propensities: [0, 0.5, 0.5],
  })
})

test('only candidates are chosen', () => {
  const observation = observationOf({ inFlight: [3, 0, 2], eligible: [1, 0, 1] })
  expect(choose(linear({ inFlight: 1 }), observation, scripted()).index).toBe(2)
})

test('where requests in flight are not known it falls back to least outstanding, and counts that', () => {
  const policy = linear({ inFlight: 1, misplaced: 100 })
  expect(choose(policy, observationOf({ inFlight: [Number.NaN, 4, 2] }), scripted()).index).toBe(2)
  expect(policy.fallbacks).toBe(1)
  choose(policy, observationOf({ inFlight: [Number.NaN, Number.NaN] }), scripted(0.5))
  expect(policy.fallbacks).toBe(2)
})
