import { describe, expect, it, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../../../src/routing/features.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { ServiceRouter } from '../../../src/routing/service-router.ts'

const BREAKER_OPEN = instanceFeature('breakerOpen')

function routerOf(policy: string, count = 3): ServiceRouter {
  return new ServiceRouter({
    service: 'cart-service',
    instances: Array.from({ length: count }, (_, i) => `cart-${i + 1}`),
    policy: policyFactory(policy)('cart-service'),
    random: new RandomStreams(1).stream('policy'),
  })
}

/** A request to an instance, answered after a millisecond. */
function send(router: ServiceRouter, instance: number, nowMs: number, failed: boolean): void {
  router.onStart(instance, nowMs)
  router.onAnswer(instance, nowMs + 1, 1, failed)
}

function fail(router: ServiceRouter, instance: number, times: number, nowMs = 0): void {
  for (let i = 0; i < times; i++) send(router, instance, nowMs, true)
}

const breakers = ({ observation }: ServiceRouter) =>
  Array.from(
    { length: observation.count },
    (_, i) => observation.instances[i * INSTANCE_WIDTH + BREAKER_OPEN],
  )

/** Decides every 500 ms and carries it out; the second instance fails until it is over. */
function timeline(policy: string, toMs: number, troubleToMs: number): string {
  const router = routerOf(policy)
  let choices = ''
  for (let nowMs = 0; nowMs < toMs; nowMs += 500) {
    const chosen = router.decide(nowMs, 0)
    choices += chosen
    send(router, chosen, nowMs, chosen === 1 && nowMs < troubleToMs)
  }
  return choices
}

describe('circuit-breaker', () => {
  // It fails at 0.5 s and 2 s, so it is out until after 7 s. Its trial at 7.5 s fails as well, that at 13 s does not.
  it('keeps a failing instance out but for its trials, and lets it in again', () => {
    expect(timeline('circuit-breaker(round-robin, failures=2)', 21_000, 13_000)).toBe(
      '01201' + '2020202020' + '1' + '2020202020' + '1' + '201201201201201',
    )
  })

  it('tells the state which instances it keeps out', () => {
    const router = routerOf('circuit-breaker(round-robin, failures=2)')
    fail(router, 1, 2)
    router.observe(100, 0)
    expect(breakers(router)).toEqual([0, 1, 0])
    router.observe(5001, 0)
    expect(breakers(router)).toEqual([0, 0, 0])
    router.onStart(1, 5002)
    router.observe(5003, 0)
    expect(breakers(router)).toEqual([0, 1, 0])
  })

  it('counts a slow call as a failure', () => {
    const router = routerOf('circuit-breaker(round-robin, failures=1, slowCallMs=100)')
    router.onStart(0, 0)
    router.onAnswer(0, 100, 100, false)
    router.observe(100, 0)
    expect(breakers(router)).toEqual([0, 0, 0])
    router.onStart(0, 200)
    router.onAnswer(0, 301, 101, false)
    router.observe(301, 0)
    expect(breakers(router)).toEqual([1, 0, 0])
  })

  it('opens by the share of failures, where it is told to', () => {
    const router = routerOf('circuit-breaker(round-robin, mode=rate, minRequests=10)')
    for (let i = 0; i < 10; i++) send(router, 0, i, i % 2 === 0)
    for (let i = 0; i < 10; i++) send(router, 1, i, i % 2 === 0 && i > 0)
    router.observe(20, 0)
    expect(breakers(router)).toEqual([1, 0, 0])
  })

  it('sees all when all are out, or sheds, as it is told', () => {
    const open = routerOf('circuit-breaker(round-robin)')
    const shedding = routerOf('circuit-breaker(round-robin, allOut=shed)')
    for (const router of [open, shedding]) for (const instance of [0, 1, 2]) fail(router, instance, 5)
    expect([10, 20, 30, 40].map((ms) => open.decide(ms, 0))).toEqual([0, 1, 2, 0])
    expect(Array.from(open.propensities)).toEqual([1, 0, 0])
    expect([10, 20].map((ms) => shedding.decide(ms, 0))).toEqual([-1, -1])
    expect(Array.from(shedding.propensities)).toEqual([0, 0, 0])
    expect(shedding.decide(5001, 0)).toBe(0)
  })

  it('has nobody left when the only one that has not been tried is out', () => {
    const router = routerOf('circuit-breaker(round-robin, allOut=shed)')
    fail(router, 2, 5)
    expect(router.decideAnother(10, 0, '', [0])).toBe(1)
    expect(router.decideAnother(10, 0, '', [0, 1])).toBe(-1)
  })

  it.each([
    [0, [1, 0, 0, 0, 0]],
    [0.4, [1, 1, 0, 0, 0]],
    [0.59, [1, 1, 0, 0, 0]],
    [1, [1, 1, 1, 1, 1]],
  ])('keeps no more than a share of %d out, or one', (maxOpenShare, expected) => {
    const router = routerOf(`circuit-breaker(round-robin, maxOpenShare=${maxOpenShare})`, 5)
    for (let i = 0; i < 5; i++) router.decide(0, 0)
    for (let i = 0; i < 5; i++) fail(router, i, 5)
    router.observe(10, 0)
    expect(breakers(router)).toEqual(expected)
  })

  it('takes up an instance that is added in mid-run', () => {
    const router = routerOf('circuit-breaker(round-robin, failures=1)', 2)
    router.decide(0, 0)
    router.addInstance('cart-3')
    fail(router, 0, 1)
    fail(router, 2, 1)
    expect([10, 20].map((ms) => router.decide(ms, 0))).toEqual([1, 1])
  })

  it('hands on the breaker of the policy that it wraps', () => {
    const router = routerOf('circuit-breaker(circuit-breaker(round-robin, failures=1), failures=100)')
    fail(router, 1, 1)
    router.observe(10, 0)
    expect(breakers(router)).toEqual([0, 1, 0])
    expect([10, 20, 30].map((ms) => router.decide(ms, 0))).toEqual([0, 2, 0])
  })
})

test.each([
  [
    'circuit-breaker(round-robin, mode=ratio)',
    /mode to be consecutive or rate, got ratio \(did you mean "rate"\?\)/,
  ],
  ['circuit-breaker(round-robin, failures=0)', /failures to be a whole number from 1 /],
  ['circuit-breaker(round-robin, windowSeconds=1.5)', /windowSeconds to be a whole number/],
  ['circuit-breaker(round-robin, allOut=open)', /allOut to be fail-open or shed/],
])('refuses %s', (text, message) => {
  expect(() => policyFactory(text)).toThrow(message)
})
