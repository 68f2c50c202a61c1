import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { CONTEXT_FEATURES, INSTANCE_WIDTH, instanceFeature } from '../../src/routing/features.ts'
import { InstanceTracker } from '../../src/routing/instance-tracker.ts'
import type { InstanceReport, Policy, PolicyOutcome } from '../../src/routing/policy.ts'
import { policyFactory } from '../../src/routing/policy-factory.ts'
import { ServiceRouter } from '../../src/routing/service-router.ts'
import { UNTOLD } from './observation-of.ts'

const ROUTE = 4
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
    expect(context()).toEqual({ route: ROUTE, inFlight: 0, decisionsPerSecond: 0, eligible: 3 })
    router.onStart(0, 0)
    expect(router.decide(200, 7)).toBe(1)
    expect(context()).toEqual({ route: 7, inFlight: 1, decisionsPerSecond: 0.1, eligible: 3 })
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
    expect(context()).toEqual({ route: ROUTE, inFlight: 0, decisionsPerSecond: 0, eligible: 0 })
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
      what: fc.constantFrom('start', 'answer', 'report', 'observe'),
      index: fc.nat(2),
      number: fc.double({ min: 0, max: 1000, noNaN: true }),
      flag: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { size: 'medium' }), (steps) => {
        router = routerOf(policyFactory('round-robin')('cart-service'))
        const trackers = ['cart-1', 'cart-2', 'cart-3'].map((id) => new InstanceTracker(id))
        let nowMs = 0
        for (const { afterMs, what, index, number, flag } of steps) {
          nowMs += afterMs
          if (what === 'start') {
            router.onStart(index, nowMs)
            trackers[index]!.onStart()
          } else if (what === 'answer') {
            router.onAnswer(index, nowMs, number, flag)
            trackers[index]!.onAnswer(nowMs, number, flag)
          } else if (what === 'report') {
            const told = { healthy: flag, cpu: number, memory: number, queueDepth: number }
            router.onReport(index, told, 0)
            trackers[index]!.onReport(told)
          } else {
            const rows = new Float64Array(3 * INSTANCE_WIDTH)
            for (const [i, tracker] of trackers.entries())
              tracker.writeRow(rows, i * INSTANCE_WIDTH, nowMs, Number.NaN)
            const eligible = trackers.map((tracker) => (tracker.healthy ? 1 : 0))
            expect(router.observe(nowMs, ROUTE)).toBe(eligible.includes(1))
            expect(router.observation.instances).toEqual(rows)
            expect(Array.from(router.observation.eligible)).toEqual(eligible)
            expect(context().eligible).toBe(eligible.filter((one) => one === 1).length)
          }
        }
      }),
    )
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
