import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { ServiceRouter } from '../../../src/routing/service-router.ts'
import { chiSquare, chiSquareLimit } from '../../core/chi-square.ts'

function routerOf(policy: string, weights: readonly number[]): ServiceRouter {
  const router = new ServiceRouter({
    service: 'cart-service',
    instances: weights.map((_, i) => `cart-${i + 1}`),
    weights,
    policy: policyFactory(policy)('cart-service'),
    random: new RandomStreams(1).stream('policy'),
  })
  router.decide(0, 0)
  return router
}

function report(router: ServiceRouter, instance: number, healthy: boolean, nowMs: number): void {
  router.onReport(instance, { healthy, cpu: 0.5, memory: 0.5, queueDepth: 0 }, nowMs)
}

/** Of so many decisions at one moment, how many went to each, and the sum of what they said. */
function decided(router: ServiceRouter, nowMs: number, decisions: number) {
  const { count } = router.observation
  const chosen = new Float64Array(count)
  const expected = new Float64Array(count)
  for (let i = 0; i < decisions; i++) {
    chosen[router.decide(nowMs, 0)]! += 1
    for (let j = 0; j < count; j++) expected[j]! += router.propensities[j]!
  }
  return { chosen, expected }
}

const share = (router: ServiceRouter, instance: number, nowMs: number, decisions = 21_000) =>
  decided(router, nowMs, decisions).chosen[instance]! / decisions

/** Two that are there, and a third that is added at 1000 s. */
function withAnother(policy: string, weight = 1): ServiceRouter {
  const router = routerOf(policy, [1, 1])
  router.decide(1_000_000, 0)
  router.addInstance('cart-3', weight)
  router.decide(1_000_000, 0)
  return router
}

describe('slow-start', () => {
  // Its weight against two of weight 1.
  it.each([
    ['windowSeconds=10', 0, 0.1 / 2.1],
    ['windowSeconds=10', 1000, 0.1 / 2.1],
    ['windowSeconds=10', 2000, 0.2 / 2.2],
    ['windowSeconds=10', 5000, 0.5 / 2.5],
    ['windowSeconds=10', 9999, 0.9999 / 2.9999],
    ['windowSeconds=10', 10_000, 1 / 3],
    ['windowSeconds=10, minPercent=40', 1000, 0.4 / 2.4],
    ['windowSeconds=10, aggression=2', 2500, 0.5 / 2.5],
    ['windowSeconds=10, aggression=0.5', 5000, 0.25 / 2.25],
    ['windowSeconds=30', 15_000, 0.5 / 2.5],
  ])('%s: %i ms after it came, a new instance gets its share', (parameters, afterMs, expected) => {
    const router = withAnother(`slow-start(round-robin, ${parameters})`)
    expect(share(router, 2, 1_000_000 + afterMs)).toBeCloseTo(expected, 3)
  })

  it.each(['random', 'least-outstanding', 'power-of-two-choices', 'peak-ewma', 'weighted-random'])(
    'gives no more than the share under %s, and about that',
    (inner) => {
      const router = withAnother(`slow-start(${inner}, windowSeconds=10)`)
      const got = share(router, 2, 1_005_000)
      expect(got).toBeLessThan(0.2002)
      expect(got).toBeGreaterThan(0.19)
    },
  )

  it('goes by weights', () => {
    const router = withAnother('slow-start(weighted-random, windowSeconds=10)', 4)
    expect(share(router, 2, 1_002_500)).toBeCloseTo(1 / 3, 2)
  })

  it('chooses each as often as it says', () => {
    const router = withAnother('slow-start(random, windowSeconds=10)')
    const { chosen, expected } = decided(router, 1_005_000, 20_000)
    expect(chiSquare(chosen, expected)).toBeLessThan(chiSquareLimit(2))
  })

  it('saves up no more than four requests for one that was not wanted, and none while it is gone', () => {
    const router = withAnother('slow-start(least-outstanding, windowSeconds=10)')
    const busy = (instance: number) => router.onStart(instance, 1_001_000)
    for (let i = 0; i < 9; i++) for (const instance of [0, 1, 2, 2]) busy(instance)
    expect(share(router, 2, 1_001_000, 1000)).toBe(0)
    for (let i = 0; i < 18; i++) router.onAnswer(2, 1_001_001, 1, false)
    const burst = Array.from({ length: 10 }, () => router.decide(1_001_001, 0))
    expect(burst.lastIndexOf(2)).toBe(3)

    for (let i = 0; i < 18; i++) busy(2)
    expect(share(router, 2, 1_001_002, 1000)).toBe(0)
    for (let i = 0; i < 18; i++) router.onAnswer(2, 1_001_003, 1, false)
    report(router, 2, false, 1_001_003)
    for (const ms of [1_001_004, 1_003_000]) router.decide(ms, 0)
    report(router, 2, true, 1_003_000)
    expect(Array.from({ length: 20 }, () => router.decide(1_003_001, 0))).not.toContain(2)
  })

  it('does not hold back those that are there at the first decision', () => {
    const router = routerOf('slow-start(round-robin)', [1, 1, 1])
    expect([1, 2, 3, 4].map((ms) => router.decide(ms, 0))).toEqual([1, 2, 0, 1])
  })

  it('holds back one that comes back', () => {
    const router = routerOf('slow-start(round-robin, windowSeconds=10)', [1, 1, 1])
    report(router, 2, false, 0)
    for (const ms of [100, 1100]) router.decide(ms, 0)
    report(router, 2, true, 2000)
    router.decide(2000, 0)
    expect(share(router, 2, 7000)).toBeCloseTo(0.2, 3)
    expect(share(router, 2, 12_000)).toBeCloseTo(1 / 3, 3)
  })

  it('does not hold back one that was kept out for less than a second, or that a retry has passed over', () => {
    const router = routerOf('slow-start(round-robin, windowSeconds=10)', [1, 1, 1])
    report(router, 2, false, 0)
    for (const ms of [100, 1099]) router.decide(ms, 0)
    report(router, 2, true, 1099)
    expect(share(router, 2, 1100)).toBeCloseTo(1 / 3, 3)
    for (const ms of [60_000, 120_000, 180_000]) {
      router.decideAnother(ms, 0, '', [2])
      expect(share(router, 2, ms + 30_000)).toBeCloseTo(1 / 3, 3)
    }
  })

  it('holds back one that a breaker has kept out, whichever of the two is inside', () => {
    for (const policy of [
      'slow-start(circuit-breaker(round-robin), windowSeconds=10)',
      'circuit-breaker(slow-start(round-robin, windowSeconds=10))',
    ]) {
      const router = routerOf(policy, [1, 1, 1])
      for (let i = 0; i < 5; i++) {
        router.onStart(2, 0)
        router.onAnswer(2, 1, 1, true)
      }
      for (const ms of [100, 5000]) expect(share(router, 2, ms, 300)).toBe(0)
      router.decide(5001, 0)
      // The trial.
      router.onStart(2, 5001)
      router.onAnswer(2, 5002, 1, false)
      expect(share(router, 2, 10_001)).toBeCloseTo(0.2, 3)
      expect(share(router, 2, 15_001)).toBeCloseTo(1 / 3, 3)
    }
  })

  it('holds back one that health checks have kept out, whichever of the two is inside', () => {
    for (const policy of [
      'slow-start(health-checks(round-robin), windowSeconds=10)',
      'health-checks(slow-start(round-robin, windowSeconds=10))',
    ]) {
      const router = routerOf(policy, [1, 1, 1])
      for (let i = 0; i < 3; i++) report(router, 2, false, 0)
      for (const ms of [100, 5000]) expect(share(router, 2, ms, 300)).toBe(0)
      for (let i = 0; i < 2; i++) report(router, 2, true, 5001)
      router.decide(5001, 0)
      expect(share(router, 2, 10_001)).toBeCloseTo(0.2, 3)
      expect(share(router, 2, 15_001)).toBeCloseTo(1 / 3, 3)
    }
  })

  it('holds nobody back when all come back together, and lets the first of them lead', () => {
    const router = routerOf('slow-start(round-robin, windowSeconds=10)', [1, 1])
    for (const i of [0, 1]) report(router, i, false, 0)
    // Somebody must decide for it to be seen, so a third was there meanwhile.
    router.addInstance('cart-3')
    for (const ms of [100, 2000]) expect(router.decide(ms, 0)).toBe(2)
    report(router, 2, false, 2000)
    for (const i of [0, 1]) report(router, i, true, 2000)
    expect(share(router, 0, 2001)).toBeCloseTo(1 / 2, 3)
    router.decide(3500, 0)
    report(router, 2, true, 3500)
    expect(share(router, 2, 4001)).toBeCloseTo(0.1 / 0.5, 3)
  })

  it('always leaves somebody, and says so exactly', () => {
    const step = fc.record({
      afterMs: fc.nat(4000),
      instance: fc.nat(4),
      healthy: fc.boolean(),
      adds: fc.nat(20).map((n) => n === 0),
    })
    fc.assert(
      fc.property(
        fc.array(step),
        fc.constantFrom('round-robin', 'random', 'least-outstanding'),
        (steps, inner) => {
          const router = routerOf(`slow-start(${inner}, windowSeconds=5)`, [1, 1, 1, 1, 1])
          let nowMs = 0
          for (const { afterMs, instance, healthy, adds } of steps) {
            nowMs += afterMs
            if (adds) router.addInstance('another')
            report(router, instance, healthy, nowMs)
            const chosen = router.decide(nowMs, 0)
            if (!router.observation.eligible.includes(1)) continue
            expect(router.observation.eligible[chosen]).toBe(1)
            expect(router.propensities[chosen]).toBeGreaterThan(0)
            expect(router.propensities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
          }
        },
      ),
    )
  })

  it('hands on a shed', () => {
    const router = routerOf('slow-start(circuit-breaker(round-robin, failures=1, allOut=shed))', [1])
    router.onStart(0, 0)
    router.onAnswer(0, 1, 1, true)
    expect(router.decide(2, 0)).toBe(-1)
    expect(Array.from(router.propensities)).toEqual([0])
  })
})
