import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { ServiceRouter } from '../../../src/routing/service-router.ts'

function routerOf(policy: string, count = 2): ServiceRouter {
  return new ServiceRouter({
    service: 'cart-service',
    instances: Array.from({ length: count }, (_, i) => `cart-${i + 1}`),
    policy: policyFactory(policy)('cart-service'),
    random: new RandomStreams(1).stream('policy'),
  })
}

function report(router: ServiceRouter, instance: number, healthy: boolean): void {
  router.onReport(instance, { healthy, cpu: 0.5, memory: 0.5, queueDepth: 0 }, 0)
}

/** Whether the first of two is in after each of its reports: `g` good, `b` bad. */
function inAfter(router: ServiceRouter, reports: string): string {
  return [...reports]
    .map((one) => {
      report(router, 0, one === 'g')
      return [router.decide(0, 0), router.decide(0, 0)].includes(0) ? 'i' : '-'
    })
    .join('')
}

describe('health-checks', () => {
  it.each([
    ['health-checks(round-robin)', 'gbbgbbbggbgg', 'iiiiii--iiii'],
    ['health-checks(round-robin)', 'gbbbgbgbggbbb', 'iii------iii-'],
    ['health-checks(round-robin, rise=1, fall=1)', 'bgbbg', '-i--i'],
    ['health-checks(round-robin, rise=3, fall=2)', 'gbgbbgggb', 'iiii---ii'],
  ])('%s: %s gives %s', (policy, reports, expected) => {
    expect(inAfter(routerOf(policy), reports)).toBe(expected)
  })

  it('takes a new instance out at its first bad report', () => {
    const router = routerOf('health-checks(round-robin)')
    expect(router.decide(0, 0)).toBe(0)
    expect(inAfter(router, 'bgg')).toBe('--i')
  })

  it('is out after `fall` bad ones in a row and in after `rise` good ones, and nothing else changes it', () => {
    const reports = fc.array(fc.boolean(), { maxLength: 60 })
    fc.assert(
      fc.property(
        reports,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (all, rise, fall) => {
          const router = routerOf(`health-checks(round-robin, rise=${rise}, fall=${fall})`)
          report(router, 0, true)
          let up = true
          for (let i = 0; i < all.length; i++) {
            report(router, 0, all[i]!)
            const last = all.slice(0, i + 1)
            const inARow = last.length - 1 - last.lastIndexOf(!all[i]!)
            if (up && !all[i] && inARow >= fall) up = false
            else if (!up && all[i] && inARow >= rise) up = true
            expect([router.decide(0, 0), router.decide(0, 0)].includes(0)).toBe(up)
          }
        },
      ),
    )
  })

  it('takes so many failed requests in a row for a bad report, where it is told to', () => {
    const router = routerOf('health-checks(round-robin, errorLimit=2)')
    const answer = (failed: boolean) => {
      router.onStart(0, 0)
      router.onAnswer(0, 1, 1, failed)
    }
    report(router, 0, true)
    for (const failed of [true, false, true, true, true, true, true]) answer(failed)
    expect([router.decide(0, 0), router.decide(0, 0)]).toEqual([0, 1])
    answer(true)
    expect([router.decide(0, 0), router.decide(0, 0)]).toEqual([1, 1])
    // Those of an instance that is out are from before, and do not hold it back.
    report(router, 0, true)
    for (let i = 0; i < 10; i++) answer(true)
    report(router, 0, true)
    expect([router.decide(0, 0), router.decide(0, 0)]).toEqual([0, 1])
  })

  it('does not look at requests unless it is told to', () => {
    const router = routerOf('health-checks(round-robin)')
    for (let i = 0; i < 100; i++) {
      router.onStart(0, 0)
      router.onAnswer(0, 1, 1, true)
    }
    expect([router.decide(0, 0), router.decide(0, 0)]).toEqual([0, 1])
  })

  it('sheds when nobody is up, or sees all, as it is told', () => {
    const shedding = routerOf('health-checks(round-robin)')
    const open = routerOf('health-checks(round-robin, allOut=fail-open)')
    for (const router of [shedding, open]) for (const instance of [0, 1]) report(router, instance, false)
    expect(shedding.decide(0, 0)).toBe(-1)
    expect([open.decide(0, 0), open.decide(0, 0)]).toEqual([0, 1])
  })
})
