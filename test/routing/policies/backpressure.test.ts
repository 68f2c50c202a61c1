import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import type { Policy } from '../../../src/routing/policy.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf, UNTOLD } from '../observation-of.ts'

function limited(parameters: string, inner = 'least-outstanding'): Policy {
  return policyFactory(`backpressure(${inner}, ${parameters})`)('cart-service')
}

function answer(policy: Policy, instance: number, latencyMs: number, nowMs: number, failed = false): void {
  policy.onOutcome!({ instance, latencyMs, nowMs, failed, ...UNTOLD })
}

describe('backpressure', () => {
  it.each([
    [
      [2, 1, 0],
      [1, 1, 1],
      [0, 0, 1],
    ],
    [
      [2, 3, 1],
      [1, 1, 1],
      [0, 0, 1],
    ],
    [
      [1, 1, 2],
      [1, 1, 1],
      [0.5, 0.5, 0],
    ],
    [
      [1, 0, 2],
      [1, 0, 1],
      [1, 0, 0],
    ],
  ])('keeps those at their limit of 2 out: %j in flight, %j eligible', (inFlight, eligible, expected) => {
    const { propensities } = choose(
      limited('limit=fixed, cap=2'),
      observationOf({ inFlight, eligible }),
      () => 0,
    )
    expect(propensities).toEqual(expected)
  })

  it('sheds when all that may be chosen are full, and goes on when one is not', () => {
    const policy = limited('limit=fixed, cap=2', 'round-robin')
    const full = choose(policy, observationOf({ inFlight: [2, 0, 9], eligible: [1, 0, 1] }), () => 0)
    expect(full).toEqual({ index: -1, propensities: [0, 0, 0] })
    expect(choose(policy, observationOf({ inFlight: [2, 0, 1] }), () => 0).index).toBe(1)
  })

  it('lets all in when all are full, if told so', () => {
    const policy = limited('limit=fixed, cap=2, allOut=fail-open')
    expect(choose(policy, observationOf({ inFlight: [3, 2] }), () => 0).propensities).toEqual([0, 1])
  })

  it('learns each limit from the answers of that instance', () => {
    const policy = limited('limit=aimd, start=4')
    const atFour = observationOf({ inFlight: [4, 4] })
    expect(choose(policy, atFour, () => 0).index).toBe(-1)
    // 4 in flight when it is answered: half of the limit and more, so one more from now on.
    answer(policy, 1, 10, 5)
    expect(choose(policy, atFour, () => 0).propensities).toEqual([0, 1])
    // A failure takes 10 % off, floored: 4 again.
    answer(policy, 1, 10, 6, true)
    expect(choose(policy, atFour, () => 0).index).toBe(-1)
  })

  it('counts what was sent since the last decision, and what was answered', () => {
    const policy = limited('limit=aimd, start=8')
    choose(policy, observationOf({ inFlight: [2, 0] }), () => 0)
    const sent = () => policy.onStart!(0, 1)
    // 2 + 1 of 8 in flight: not half. Then 3 - 1 + 2 = 4 of 8: one more.
    sent()
    answer(policy, 0, 10, 2)
    sent()
    sent()
    answer(policy, 0, 10, 3)
    expect(choose(policy, observationOf({ inFlight: [8, 9] }), () => 0).index).toBe(0)
    expect(choose(policy, observationOf({ inFlight: [9, 9] }), () => 0).index).toBe(-1)
  })

  it('stays between least and cap', () => {
    const policy = limited('limit=aimd, start=3, least=2, cap=4')
    choose(policy, observationOf({ inFlight: [4] }), () => 0)
    for (let i = 0; i < 9; i++) answer(policy, 0, 10, i, true)
    expect(choose(policy, observationOf({ inFlight: [1] }), () => 0).index).toBe(0)
    expect(choose(policy, observationOf({ inFlight: [2] }), () => 0).index).toBe(-1)
    for (let i = 0; i < 9; i++) {
      choose(policy, observationOf({ inFlight: [4] }), () => 0)
      answer(policy, 0, 10, 20 + i)
    }
    expect(choose(policy, observationOf({ inFlight: [3] }), () => 0).index).toBe(0)
    expect(choose(policy, observationOf({ inFlight: [4] }), () => 0).index).toBe(-1)
  })

  // Little's law: an instance of 8 workers that are busy for 10 ms has room for 8 requests without a queue.
  it.each(['gradient2', 'vegas', 'envoy'])(
    '%s finds a bounded queue before an instance of 8 workers',
    (law) => {
      const policy = limited(`limit=${law}, cap=1000`, 'round-robin')
      let inFlight = 0
      let most = 0
      // As many requests as the limit lets in; with n of them, processor sharing answers every 10/8 ms, after n x 10/8.
      for (let nowMs = 0, settled = 60_000; nowMs < 120_000; nowMs += 1.25) {
        while (choose(policy, observationOf({ inFlight: [inFlight], nowMs }), () => 0).index === 0) {
          policy.onStart!(0, nowMs)
          inFlight++
          if (inFlight > 2000) throw new Error('no bound')
        }
        answer(policy, 0, Math.max(10, inFlight * 1.25), nowMs)
        inFlight--
        if (nowMs > settled) most = Math.max(most, inFlight)
      }
      expect(most).toBeGreaterThanOrEqual(7)
      expect(most).toBeLessThan(100)
    },
  )

  it('refuses bounds that cross, before any policy is made', () => {
    const crossing = () => policyFactory('backpressure(random, least=9, cap=8)')
    expect(crossing).toThrow(UsageError)
    expect(crossing).toThrow(/least to be at most cap, got 9 and 8/)
  })
})
