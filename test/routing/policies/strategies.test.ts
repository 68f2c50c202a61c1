import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import {
  type Policy,
  policyFactory,
  ServiceRouter,
  STRATEGIES,
  STRATEGY_NAMES,
} from '../../../src/routing/index.ts'
import { choose, observationOf, UNTOLD } from '../observation-of.ts'

const policyOf = (text: string) => policyFactory(text)('cart-service')
const SIXTH = 1 / 6

describe('the six strategies', () => {
  it('are those of the first documents', () => {
    expect(STRATEGY_NAMES).toEqual([
      'least-loaded',
      'fastest-responding',
      'round-robin',
      'weighted-capacity',
      'circuit-breaker',
      'backpressure-aware',
    ])
  })

  // What `strategies` would have to hand on, and does not.
  it.each(STRATEGIES.map(({ name, policy }) => [name, policy]))(
    '%s needs neither truth nor probes',
    (_, text) => {
      const policy = policyOf(text)
      for (const need of [
        'needsTruth',
        'checksHealth',
        'hedgeAfterMs',
        'probes',
        'onProbe',
        'strategy',
        'shadow',
      ] as const)
        expect(policy[need]).toBeUndefined()
    },
  )

  it.each(STRATEGIES.map(({ name, policy }, index) => [name, policy, index] as const))(
    '%s, chosen for good, decides as the policy behind it',
    (name, text, index) => {
      const policy = policyOf(`strategies(choose=${name})`)
      const alone = policyOf(text)
      const random = () => 0.3
      for (const inFlight of [
        [2, 0, 1],
        [0, 0, 0],
        [1, 4, 0],
        [3, 2, 2],
      ]) {
        const observation = observationOf({ inFlight, weights: [1, 2, 3] })
        expect(choose(policy, observation, random)).toEqual(choose(alone, observation, random))
        expect(policy.strategy!.index).toBe(index)
        expect([...policy.strategy!.propensities]).toEqual(STRATEGIES.map((_, s) => (s === index ? 1 : 0)))
      }
    },
  )
})

describe('choose=uniform', () => {
  it('mixes the distributions of all, and says by which it went', () => {
    const policy = policyOf('strategies')
    // By requests in flight: the second. Round robin: the first. By weights 1, 1, 5: the third.
    const observation = observationOf({ inFlight: [2, 0, 1], weights: [1, 1, 5] })
    const { index, propensities } = choose(policy, observation, () => 0.4)
    const expected = [SIXTH, 4 * SIXTH, SIXTH]
    for (const [i, propensity] of expected.entries()) expect(propensities[i]).toBeCloseTo(propensity, 12)
    expect(policy.strategy).toMatchObject({ names: STRATEGY_NAMES, index: 2 })
    expect([...policy.strategy!.propensities]).toEqual(new Array(6).fill(SIXTH))
    expect(index).toBe(0)
  })

  it('lets every strategy decide, so that the turn of one does not depend on who was drawn', () => {
    const policy = policyOf('strategies')
    const observation = observationOf({ inFlight: [0, 0, 0] })
    for (let i = 0; i < 4; i++) choose(policy, observation, () => 0)
    // Drawn for the first time, round robin stands where five turns have brought it.
    expect(choose(policy, observation, () => 0.4).index).toBe(1)
    expect(policy.strategy!.index).toBe(2)
  })

  it('sheds by the share of those that shed; the others share the decisions', () => {
    const policy = policyOf('strategies')
    const full = observationOf({ inFlight: [30, 20] })
    expect(choose(policy, full, () => 0.99)).toEqual({ index: -1, propensities: [0, 0] })
    const { index, propensities } = choose(policy, full, () => 0)
    expect([index, policy.strategy!.index]).toEqual([1, 0])
    for (const [s, share] of [...policy.strategy!.propensities].entries())
      expect(share).toBeCloseTo(s === 5 ? 0 : 0.2, 12)
    expect(propensities[0]! + propensities[1]!).toBeCloseTo(1, 12)
  })
})

describe('choose=bandit', () => {
  const answer = (policy: Policy, instance: number, latencyMs: number, failed = false) => {
    policy.onStart!(instance, 0)
    policy.onOutcome!({ instance, nowMs: 0, latencyMs, failed, ...UNTOLD })
  }
  const pulls = (policy: Policy) => [...policy.strategy!.propensities]

  it('tries each, then keeps to the lowest mean latency but for epsilon', () => {
    const policy = policyOf('strategies(choose=bandit, epsilon=0.12)')
    const observation = observationOf({ inFlight: [0] })
    const random = new RandomStreams(1).stream('draws')
    const latencies = [50, 60, 20, 80, 90, 70]
    const tried = Array.from({ length: 60 }, () => {
      const { index } = choose(policy, observation, random)
      const { index: strategy } = policy.strategy!
      answer(policy, index, latencies[strategy]!)
      return strategy
    })
    expect(new Set(tried).size).toBe(6)
    choose(policy, observation, () => 0.5)
    expect(policy.strategy!.index).toBe(2)
    for (const [s, share] of pulls(policy).entries()) expect(share).toBeCloseTo(s === 2 ? 0.9 : 0.02, 12)
  })

  it('counts a failure as the penalty at least', () => {
    const policy = policyOf('strategies(choose=bandit, epsilon=0, penaltyMs=1000)')
    const observation = observationOf({ inFlight: [0] })
    for (let i = 0; i < 6; i++) {
      const { index } = choose(policy, observation, () => 0.5)
      answer(policy, index, 1, policy.strategy!.index !== 4)
    }
    choose(policy, observation, () => 0.5)
    expect(pulls(policy)).toEqual([0, 0, 0, 0, 1, 0])
  })

  // Or the strategy that takes only the requests that it can answer quickly would look best, and most would be refused.
  it('counts a request that a strategy sheds as the penalty', () => {
    const policy = policyOf('strategies(choose=bandit, epsilon=0, penaltyMs=1000)')
    const full = observationOf({ inFlight: [30] })
    const seen: number[] = []
    for (let i = 0; i < 12; i++) {
      const { index } = choose(policy, full, () => 0.999)
      seen.push(index)
      if (index !== -1) answer(policy, index, 200)
    }
    expect(seen.filter((index) => index === -1)).toHaveLength(1)
    choose(policy, full, () => 0.999)
    expect(pulls(policy)[5]).toBe(0)
  })

  it('holds no strategy for a request that it did not choose, as a hedge or an exploration is', () => {
    const policy = policyOf('strategies(choose=bandit, epsilon=0)')
    const observation = observationOf({ inFlight: [0, 1] })
    const { index } = choose(policy, observation, () => 0.5)
    answer(policy, 1 - index, 1)
    choose(policy, observation, () => 0.5)
    expect(pulls(policy)).toEqual(new Array(6).fill(SIXTH))
  })

  // Two of four instances are ten times slower: rules that take turns send half of the requests there.
  it('learns to leave the strategies that take turns', () => {
    const { taken, router } = drive('strategies(choose=bandit, epsilon=0.1)', 6000)
    const late = taken.slice(-2000)
    const share = (s: number) => late.filter((strategy) => strategy === s).length / late.length
    // Explored only: a sixth of epsilon each.
    expect(share(2)).toBeLessThan(0.03)
    expect(share(3)).toBeLessThan(0.03)
    const strategy = router.policy.strategy!
    expect(strategy.propensities[2]).toBeCloseTo(0.1 / 6, 12)
    expect(share(0) + share(1) + share(4) + share(5)).toBeGreaterThan(0.94)
  })

  it('uniform does not, for comparison', () => {
    const { taken } = drive('strategies', 3000)
    for (let s = 0; s < 6; s++) expect(taken.filter((strategy) => strategy === s).length).toBeGreaterThan(400)
  })
})

/** Four instances, two of them slow, under random traffic; the strategies that were taken, one by one. */
function drive(text: string, decisions: number) {
  const router = new ServiceRouter({
    service: 'cart-service',
    instances: ['a', 'b', 'c', 'd'],
    policy: policyOf(text),
    random: new RandomStreams(5).stream('policy'),
  })
  const random = new RandomStreams(5).stream('traffic')
  const underWay: { instance: number; startMs: number; endMs: number }[] = []
  const taken: number[] = []
  for (let i = 0; i < decisions; i++) {
    const nowMs = i * 10
    for (const call of underWay.filter(({ endMs }) => endMs <= nowMs)) {
      underWay.splice(underWay.indexOf(call), 1)
      router.onAnswer(call.instance, nowMs, call.endMs - call.startMs, false)
    }
    const instance = router.decide(nowMs, 0)
    router.onStart(instance, nowMs)
    const meanMs = instance < 2 ? 20 : 200
    underWay.push({ instance, startMs: nowMs, endMs: nowMs + meanMs * (0.5 + random()) })
    taken.push(router.policy.strategy!.index)
  }
  return { taken, router }
}
