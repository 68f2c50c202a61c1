import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../../../src/routing/features.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { ServiceRouter } from '../../../src/routing/service-router.ts'

const BREAKER_OPEN = instanceFeature('breakerOpen')

function routerOf(parameters: string, count: number): ServiceRouter {
  const router = new ServiceRouter({
    service: 'cart-service',
    instances: Array.from({ length: count }, (_, i) => `cart-${i + 1}`),
    policy: policyFactory(`outlier-ejection(round-robin${parameters})`)('cart-service'),
    random: new RandomStreams(1).stream('policy'),
  })
  router.observe(0, 0)
  return router
}

/** So many requests to an instance, all at once; the first of them fail. */
function send(
  router: ServiceRouter,
  instance: number,
  nowMs: number,
  requests: number,
  failures = 0,
  ms = 10,
) {
  for (let i = 0; i < requests; i++) {
    router.onStart(instance, nowMs)
    router.onAnswer(instance, nowMs + ms, ms, i < failures)
  }
}

function ejectedAt(router: ServiceRouter, nowMs: number): number[] {
  router.observe(nowMs, 0)
  const { instances, count } = router.observation
  return Array.from({ length: count }, (_, i) => i).filter(
    (i) => instances[i * INSTANCE_WIDTH + BREAKER_OPEN] === 1,
  )
}

describe('outlier-ejection', () => {
  it('ejects at once who fails five in a row, for 30 s', () => {
    const router = routerOf('', 3)
    send(router, 1, 0, 4, 4)
    send(router, 1, 0, 1)
    send(router, 1, 0, 4, 4)
    expect(ejectedAt(router, 10)).toEqual([])
    send(router, 1, 1000, 1, 1)
    expect(ejectedAt(router, 1010)).toEqual([1])
    expect([1020, 1030, 1040].map((ms) => router.decide(ms, 0))).toEqual([0, 2, 0])
    expect(ejectedAt(router, 31_009)).toEqual([1])
    expect(ejectedAt(router, 31_010)).toEqual([])
  })

  it('ejects for longer each time, and forgives', () => {
    const router = routerOf(', intervalSeconds=10', 3)
    const ejection = (nowMs: number): number => {
      send(router, 1, nowMs, 5, 5, 0)
      let untilMs = nowMs
      while (ejectedAt(router, untilMs).length > 0) untilMs += 1000
      return untilMs - nowMs
    }
    expect([ejection(1000), ejection(31_000), ejection(91_000)]).toEqual([30_000, 60_000, 90_000])
    // In since 181 s: at 190, 200 and 210 s one is forgiven.
    expect(ejection(211_000)).toBe(30_000)
  })

  it('ejects at the end of an interval whose success rate stands out', () => {
    const router = routerOf(', consecutiveFailures=0', 8)
    for (let i = 0; i < 8; i++) send(router, i, 1000, 100, i === 3 ? 30 : 1)
    expect(ejectedAt(router, 9999)).toEqual([])
    expect(ejectedAt(router, 10_000)).toEqual([3])
    expect(ejectedAt(router, 39_999)).toEqual([3])
    expect(ejectedAt(router, 40_000)).toEqual([])
  })

  it('ejects as of the end of the interval, however late anybody looks', () => {
    const router = routerOf(', consecutiveFailures=0', 8)
    for (let i = 0; i < 8; i++) send(router, i, 1000, 100, i === 3 ? 30 : 1)
    expect(ejectedAt(router, 39_999)).toEqual([3])
    expect(ejectedAt(router, 40_000)).toEqual([])
  })

  it('counts each interval by itself', () => {
    const router = routerOf(', consecutiveFailures=0', 8)
    for (let i = 0; i < 8; i++) send(router, i, 1000, 60, i === 3 ? 60 : 0)
    for (let i = 0; i < 8; i++) send(router, i, 11_000, 60, i === 3 ? 60 : 0)
    expect(ejectedAt(router, 20_000)).toEqual([])
  })

  it('ejects a slow one', () => {
    const router = routerOf('', 8)
    for (let i = 0; i < 8; i++) send(router, i, 1000, 100, 0, i === 5 ? 101 : 20)
    expect(ejectedAt(router, 10_000)).toEqual([5])
  })

  it('works in a small pool when it is told to', () => {
    const parameters = ', consecutiveFailures=0, failureShare=0.5'
    const [usual, small] = ['', ', minInstances=3'].map((more) => routerOf(parameters + more, 3))
    for (const router of [usual!, small!]) {
      for (let i = 0; i < 3; i++) send(router, i, 1000, 100, i === 1 ? 50 : 0)
    }
    expect(ejectedAt(usual!, 10_000)).toEqual([])
    expect(ejectedAt(small!, 10_000)).toEqual([1])
  })

  it.each([
    [0, [0]],
    [0.1, [0]],
    [0.25, [0, 1]],
    [1, [0, 1, 2, 3, 4, 5, 6, 7]],
  ])('ejects a share of %d at most, or one', (maxEjectedShare, expected) => {
    const router = routerOf(`, maxEjectedShare=${maxEjectedShare}`, 8)
    router.decide(0, 0)
    for (let i = 0; i < 8; i++) send(router, i, 0, 5, 5)
    expect(ejectedAt(router, 10)).toEqual(expected)
  })

  it('does not count answers to requests from before the ejection', () => {
    const router = routerOf('', 3)
    for (let i = 0; i < 10; i++) router.onStart(1, 0)
    for (let i = 0; i < 5; i++) router.onAnswer(1, 100, 100, true)
    expect(ejectedAt(router, 30_100)).toEqual([])
    for (let i = 0; i < 5; i++) router.onAnswer(1, 30_200, 30_200, true)
    expect(ejectedAt(router, 30_200)).toEqual([])
  })

  it('sees all when all are out, or sheds, as it is told', () => {
    const [open, shedding] = ['', ', allOut=shed'].map((more) => routerOf(`, maxEjectedShare=1${more}`, 2))
    for (const router of [open!, shedding!]) for (const i of [0, 1]) send(router, i, 0, 5, 5)
    expect([20, 30].map((ms) => open!.decide(ms, 0))).toEqual([0, 1])
    expect(shedding!.decide(20, 0)).toBe(-1)
  })
})
