/** Wrappers that keep instances out, in any order around any rule. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { ServiceRouter } from '../../../src/routing/service-router.ts'

const COUNT = 4
const WRAPPERS = {
  'circuit-breaker': 'failures=2, openSeconds=1, slowCallMs=900',
  'outlier-ejection':
    'consecutiveFailures=3, intervalSeconds=1, ejectionSeconds=1, minInstances=2, minRequests=3, maxEjectedShare=1',
  'health-checks': 'rise=1, fall=2',
  'slow-start': 'windowSeconds=3',
} as const
type Wrapper = keyof typeof WRAPPERS

const wrapper = fc.constantFrom<Wrapper>('circuit-breaker', 'outlier-ejection', 'health-checks', 'slow-start')

function wrapped(wrappers: readonly Wrapper[], inner: string, allOut: string): string {
  return wrappers.reduce((text, name) => {
    const more = name === 'slow-start' ? '' : `, allOut=${allOut}`
    return `${name}(${text}, ${WRAPPERS[name]}${more})`
  }, inner)
}

function routerOf(policy: string): ServiceRouter {
  return new ServiceRouter({
    service: 'cart-service',
    instances: Array.from({ length: COUNT }, (_, i) => `cart-${i + 1}`),
    policy: policyFactory(policy)('cart-service'),
    random: new RandomStreams(1).stream('policy'),
  })
}

const step = fc.record({
  afterMs: fc.nat(400),
  what: fc.constantFrom('answer', 'answer', 'answer', 'report', 'retry'),
  which: fc.nat(100),
  good: fc.boolean(),
})

test('whatever wraps what, every decision is a distribution over those that may be chosen, or a shed', () => {
  let sheds = 0
  fc.assert(
    fc.property(
      fc.array(wrapper, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('round-robin', 'least-outstanding', 'random', 'peak-ewma'),
      fc.constantFrom('fail-open', 'shed'),
      fc.array(step, { minLength: 20, maxLength: 80 }),
      (wrappers, inner, allOut, steps) => {
        const policy = wrapped(wrappers, inner, allOut)
        const router = routerOf(policy)
        const twin = routerOf(policy)
        const underWay: { readonly to: number; readonly sinceMs: number }[] = []
        let nowMs = 0
        for (const { afterMs, what, which, good } of steps) {
          nowMs += afterMs
          if (what === 'report') {
            const report = { healthy: good, cpu: 0.5, memory: 0.5, queueDepth: 0 }
            for (const one of [router, twin]) one.onReport(which % COUNT, report, nowMs)
          } else if (what === 'answer' && underWay.length > 0) {
            const [{ to, sinceMs }] = underWay.splice(which % underWay.length, 1) as [
              (typeof underWay)[number],
            ]
            for (const one of [router, twin]) one.onAnswer(to, nowMs, nowMs - sinceMs, !good)
          }
          const tried = what === 'retry' ? [which % COUNT] : []
          const [chosen, same] = [router, twin].map((one) =>
            tried.length > 0 ? one.decideAnother(nowMs, 0, '', tried) : one.decide(nowMs, 0),
          ) as [number, number]
          expect(same).toBe(chosen)
          const candidates = Array.from(router.observation.eligible).map((one, i) =>
            tried.includes(i) ? 0 : one,
          )
          if (!candidates.includes(1)) continue
          const total = router.propensities.reduce((sum, one) => sum + one, 0)
          if (chosen === -1) {
            expect(allOut).toBe('shed')
            expect(total).toBe(0)
            sheds++
            continue
          }
          expect(total).toBeCloseTo(1, 12)
          expect(router.propensities[chosen]).toBeGreaterThan(0)
          for (const [i, one] of candidates.entries()) if (one === 0) expect(router.propensities[i]).toBe(0)
          for (const one of [router, twin]) one.onStart(chosen, nowMs)
          underWay.push({ to: chosen, sinceMs: nowMs })
        }
      },
    ),
    { numRuns: 300, seed: 4 },
  )
  expect(sheds).toBeGreaterThan(0)
})
