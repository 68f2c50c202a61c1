import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { CONTEXT_FEATURES, INSTANCE_WIDTH, instanceFeature, quantize } from '../../src/routing/features.ts'
import type { InstanceReport, Policy, PolicyOutcome } from '../../src/routing/policy.ts'
import { policyFactory } from '../../src/routing/policy-factory.ts'
import { ServiceRouter } from '../../src/routing/service-router.ts'
import { NaiveRouter } from './naive-router.ts'
import { UNTOLD } from './observation-of.ts'

const ROUTE = 4
/** Of the context, before any answer has told what its request cost. */
const COSTS_UNKNOWN = {
  workMs: Number.NaN,
  meanWorkMs: Number.NaN,
  cheaperWorkShare: Number.NaN,
  ownWorkShare: Number.NaN,
}
const report = (healthy: boolean): InstanceReport => ({ healthy, cpu: 0.5, memory: 0.5, queueDepth: 2 })

function routerOf(policy: Policy): ServiceRouter {
  const random = new RandomStreams(1).stream('policy')
  return new ServiceRouter({
    service: 'cart-service',
    instances: ['cart-1', 'cart-2', 'cart-3'],
    policy,
    random,
  })
}

let router: ServiceRouter

beforeEach(() => {
  router = routerOf(policyFactory('round-robin')('cart-service'))
})

const context = () =>
  Object.fromEntries(CONTEXT_FEATURES.map((name, i) => [name, router.observation.context[i]]))
const column = (name: Parameters<typeof instanceFeature>[0]) =>
  [0, 1, 2].map((i) => router.observation.instances[i * INSTANCE_WIDTH + instanceFeature(name)])

describe('ServiceRouter', () => {
  it('shows the state before the decision that is being made, but counts it', () => {
    expect(router.decide(100, ROUTE)).toBe(0)
    expect(context()).toEqual({
      route: ROUTE,
      inFlight: 0,
      decisionsPerSecond: 0,
      eligible: 3,
      ...COSTS_UNKNOWN,
    })
    router.onStart(0, 0)
    expect(router.decide(200, 7)).toBe(1)
    expect(context()).toEqual({
      route: 7,
      inFlight: 1,
      decisionsPerSecond: 0.1,
      eligible: 3,
      ...COSTS_UNKNOWN,
    })
    expect(column('inFlight')).toEqual([1, 0, 0])
    expect(router.observation).toMatchObject({ service: 'cart-service', nowMs: 200, count: 3 })
  })

  it('counts the requests in flight of the service and of each instance', () => {
    for (const index of [0, 2, 2]) router.onStart(index, 0)
    router.onAnswer(2, 50, 50, false)
    router.observe(60, ROUTE)
    expect(context().inFlight).toBe(2)
    expect(column('inFlight')).toEqual([1, 0, 1])
    expect(column('responseTimeMs')).toEqual([Number.NaN, Number.NaN, 50])
  })

  it('rates the decisions of the last 10 s', () => {
    const rateAt = (nowMs: number) => {
      router.observe(nowMs, ROUTE)
      return context().decisionsPerSecond
    }
    for (let i = 0; i < 25; i++) router.decide(i * 10, ROUTE)
    for (let i = 0; i < 5; i++) router.decide(3000, ROUTE)
    expect([rateAt(3000), rateAt(9999), rateAt(10_000), rateAt(13_000)]).toEqual([3, 3, 0.5, 0])
  })

  it('does not take an observation for a decision', () => {
    for (let i = 0; i < 100; i++) expect(router.observe(i, ROUTE)).toBe(true)
    expect(router.decide(100, ROUTE)).toBe(0)
    expect(context().decisionsPerSecond).toBe(0)
  })

  it('keeps unhealthy instances out until they are back', () => {
    router.onReport(1, report(false), 0)
    expect([1, 2, 3].map((ms) => router.decide(ms, ROUTE))).toEqual([0, 2, 0])
    expect(Array.from(router.observation.eligible)).toEqual([1, 0, 1])
    expect(column('healthy')).toEqual([1, 0, 1])
    expect(context().eligible).toBe(2)
    expect(column('queueDepth')).toEqual([Number.NaN, 2, Number.NaN])
    router.onReport(1, report(true), 0)
    expect(router.decide(4, ROUTE)).toBe(1)
  })

  it('gives -1 when nobody is eligible, and neither asks the policy nor counts a decision', () => {
    const never: Policy = {
      id: 'never',
      version: '1',
      choose: () => {
        throw new Error('asked')
      },
    }
    router = routerOf(never)
    for (const index of [0, 1, 2]) router.onReport(index, report(false), 0)
    for (let i = 0; i < 10; i++) expect(router.decide(i, ROUTE)).toBe(-1)
    expect(router.observe(10, ROUTE)).toBe(false)
    expect(context()).toEqual({
      route: ROUTE,
      inFlight: 0,
      decisionsPerSecond: 0,
      eligible: 0,
      ...COSTS_UNKNOWN,
    })
  })

  it('hands the policy its buffers and tells it every answer', () => {
    const heard: PolicyOutcome[] = []
    const policy: Policy = {
      id: 'last',
      version: '1',
      choose: ({ count }, _random, propensities) => {
        propensities.fill(0)[count - 1] = 1
        return count - 1
      },
      onOutcome: (outcome) => heard.push(outcome),
    }
    router = routerOf(policy)
    expect(router.decide(0, ROUTE)).toBe(2)
    expect(Array.from(router.propensities)).toEqual([0, 0, 1])
    router.onStart(2, 0)
    router.onAnswer(2, 30, 30, true)
    expect(heard).toEqual([{ instance: 2, nowMs: 30, latencyMs: 30, failed: true, ...UNTOLD }])
  })

  it('draws from the stream that it was handed and from no other', () => {
    const choices = () => {
      router = routerOf(policyFactory('random')('cart-service'))
      return Array.from({ length: 50 }, (_, i) => router.decide(i, ROUTE))
    }
    expect(choices()).toEqual(choices())
  })

  it('shows what is true now, however little of it was written again', () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3000, noNaN: true })),
      what: fc.constantFrom('start', 'answer', 'report', 'decide', 'observe'),
      index: fc.nat(2),
      route: fc.constantFrom(-1, 2, ROUTE),
      number: fc.double({ min: 0, max: 1000, noNaN: true }),
      workMs: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 500, noNaN: true })),
      flag: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { size: 'medium' }), (steps) => {
        router = routerOf(policyFactory('round-robin')('cart-service'))
        const naive = new NaiveRouter(['cart-1', 'cart-2', 'cart-3'])
        const open: { index: number; route: number }[] = []
        let nowMs = 0
        for (const { afterMs, what, index, route, number, workMs, flag } of steps) {
          nowMs += afterMs
          if (what === 'start') {
            router.onStart(index, nowMs, route)
            naive.onStart(index, route)
            open.push({ index, route })
          } else if (what === 'answer') {
            const [request] = open.splice(index, 1)
            if (request === undefined) continue
            router.onAnswer(request.index, nowMs, number, flag, Number.NaN, Number.NaN, workMs, request.route)
            naive.onAnswer(request.index, nowMs, number, flag, workMs, request.route)
          } else if (what === 'report') {
            const told = { healthy: flag, cpu: number, memory: number, queueDepth: number }
            router.onReport(index, told, 0)
            naive.onReport(index, told)
          } else {
            const asked = Math.max(route, 0)
            const seen = naive.observe(nowMs, asked)
            expect(router.observe(nowMs, asked)).toBe(seen.eligible.includes(1))
            expect(router.observation.instances).toEqual(seen.instances)
            expect(Array.from(router.observation.eligible)).toEqual(seen.eligible)
            expect(context()).toMatchObject(seen.context)
            if (what === 'decide' && router.decide(nowMs, asked) !== -1) naive.onDecision(asked)
          }
        }
      }),
    )
  })

  it('tells what requests cost, where the work is, and who is slow or fails', () => {
    const costs = (nowMs: number, route: number) => {
      router.observe(nowMs, route)
      return CONTEXT_FEATURES.slice(4).map((name) => context()[name])
    }
    const answer = (index: number, nowMs: number, workMs: number, route: number, failed = false) =>
      router.onAnswer(index, nowMs, 2 * workMs, failed, 0, workMs, workMs, route)
    const [cheap, dear, unheard] = [2, ROUTE, 9]

    for (const route of [cheap, cheap, cheap, dear]) {
      expect(router.decide(0, route)).not.toBe(-1)
      router.onStart(0, 0, route)
    }
    expect(costs(1, cheap)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
    expect(column('workMs')).toEqual([Number.NaN, 0, 0])
    for (const route of [cheap, cheap, cheap, dear]) answer(0, 10, route === dear ? 40 : 10, route)
    expect(costs(11, cheap)).toEqual([10, 17.5, 0, 0.429])
    expect(costs(11, dear)).toEqual([40, 17.5, 0.429, 0.571])
    expect(costs(11, unheard)).toEqual([Number.NaN, 17.5, Number.NaN, Number.NaN])

    const workAfter = (event: () => void) => {
      event()
      router.observe(30, cheap)
      return column('workMs')
    }
    expect(workAfter(() => router.onStart(1, 20, cheap))).toEqual([0, 10, 0])
    expect(workAfter(() => router.onStart(1, 20, dear))).toEqual([0, 50, 0])
    expect(workAfter(() => router.onStart(2, 20, unheard))).toEqual([0, 50, 17.5])
    expect(workAfter(() => answer(1, 30, 120, dear))).toEqual([0, 10, 17.5])
    expect(workAfter(() => answer(1, 30, 30, cheap))).toEqual([0, 0, 17.5])
    expect(workAfter(() => answer(2, 30, 500, unheard, true))).toEqual([0, 0, 0])
    // A failure is no work; an answer that does not tell its work counts with its latency.
    expect(column('slowness')).toEqual([1, 3, Number.NaN])
    expect(costs(30, unheard)[0]).toBeNaN()
    router.onStart(2, 30, cheap)
    router.onAnswer(2, 50, 20, true, Number.NaN, Number.NaN, Number.NaN, cheap)
    router.onStart(2, 50, cheap)
    router.onAnswer(2, 70, 20, false, Number.NaN, Number.NaN, Number.NaN, cheap)
    router.observe(80, cheap)
    expect(column('slowness')).toEqual([1, 3, 2])

    expect(column('recentErrorRate')).toEqual([0, 0, 0.4])
    router.observe(10_000, cheap)
    const kept = 1 / Math.E
    expect(column('recentErrorRate')).toEqual([0, 0, quantize((2 * kept) / (3 * kept + 2))])
  })

  it('chooses another for a retry, and leaves what is observed as it was', () => {
    for (let i = 0; i < 20; i++) {
      const chosen = router.decideAnother(i, ROUTE, '', [0, 2])
      expect(chosen).toBe(1)
      expect(Array.from(router.propensities)).toEqual([0, 1, 0])
      expect(Array.from(router.observation.eligible)).toEqual([1, 1, 1])
    }
    expect(router.decideAnother(30, ROUTE, '', [0, 1, 2])).toBe(-1)
    router.onReport(1, report(false), 40)
    expect(router.decideAnother(50, ROUTE, '', [0, 2])).toBe(-1)
    expect(router.decideAnother(50, ROUTE, '', [0])).toBe(2)
  })

  it('takes in instances in mid-run, behind the others, which keep their rows', () => {
    router.onStart(1, 0)
    router.observe(10, ROUTE)
    expect(router.addInstance('cart-4', 2)).toBe(3)
    expect(router.observe(20, ROUTE)).toBe(true)
    expect(context()).toMatchObject({ inFlight: 1, eligible: 4 })
    expect(column('inFlight')).toEqual([0, 1, 0])
    const { observation } = router
    expect(observation.instances[3 * INSTANCE_WIDTH + instanceFeature('weight')]).toBe(2)
    const chosen = Array.from({ length: 4 }, (_, i) => router.decide(30 + i, ROUTE))
    expect(chosen.toSorted()).toEqual([0, 1, 2, 3])
    expect(router.propensities).toHaveLength(4)
  })

  it('sends nothing new to an instance that drains, however healthy it says it is', () => {
    router.drain(0)
    router.onReport(0, report(true), 5)
    expect(Array.from({ length: 4 }, (_, i) => router.decide(10 + i, ROUTE))).not.toContain(0)
    expect(context().eligible).toBe(2)
    router.drain(0, false)
    expect(Array.from({ length: 3 }, (_, i) => router.decide(20 + i, ROUTE))).toContain(0)
  })

  it('asks the policy, and from then on the next one, for breakers and for the judgement of health', () => {
    const chooseFirst = (_: unknown, __: unknown, propensities: Float64Array) => {
      propensities.fill(0)[0] = 1
      return 0
    }
    const open = (instance: number, nowMs: number) => instance === 1 && nowMs < 100
    router.onReport(0, report(false), 0)
    router.observe(10, ROUTE)
    expect(column('breakerOpen')).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(context().eligible).toBe(2)
    router.use({ id: 'own', version: '1', choose: chooseFirst, checksHealth: true, breakerOpen: open })
    router.observe(20, ROUTE)
    expect(column('breakerOpen')).toEqual([0, 1, 0])
    expect(context().eligible).toBe(3)
    router.observe(110, ROUTE)
    expect(column('breakerOpen')).toEqual([0, 0, 0])
    router.use({ id: 'other', version: '1', choose: chooseFirst })
    router.observe(120, ROUTE)
    expect(column('breakerOpen')).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(context().eligible).toBe(2)
  })
})
