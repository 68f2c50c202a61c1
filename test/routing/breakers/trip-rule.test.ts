import { describe, expect, it } from 'vitest'
import { ConsecutiveFailures, FailureRate, type TripRule } from '../../../src/routing/breakers/trip-rule.ts'

/** Tells the rule these answers, `f` a failure; the numbers of those after which it trips. */
function trips(rule: TripRule, answers: string, everyMs = 100, fromMs = 0): number[] {
  return [...answers].flatMap((answer, i) => (rule.add(fromMs + i * everyMs, answer === 'f') ? [i] : []))
}

describe('ConsecutiveFailures', () => {
  it('trips at so many in a row, and goes on until a success', () => {
    expect(trips(new ConsecutiveFailures(3), 'ffsfffffsfff')).toEqual([5, 6, 7, 11])
  })

  it('begins anew when it is reset', () => {
    const rule = new ConsecutiveFailures(3)
    trips(rule, 'ff')
    rule.reset()
    expect(trips(rule, 'fff')).toEqual([2])
  })
})

describe('FailureRate', () => {
  const limits = { windowSeconds: 10, minRequests: 20, failureShare: 0.5 }

  it('says nothing of fewer than 20 answers', () => {
    expect(trips(new FailureRate(limits), 'f'.repeat(19))).toEqual([])
    expect(trips(new FailureRate(limits), 'f'.repeat(21))).toEqual([19, 20])
  })

  it('trips at half of them, whatever the last one was', () => {
    expect(trips(new FailureRate(limits), `${'s'.repeat(11)}${'f'.repeat(9)}sfffs`)).toEqual([23])
    expect(trips(new FailureRate(limits), `${'f'.repeat(10)}${'s'.repeat(10)}`)).toEqual([19])
  })

  it('forgets what is older than 10 s', () => {
    const rule = new FailureRate(limits)
    trips(rule, 'f'.repeat(19))
    expect(trips(rule, 'f'.repeat(19), 1, 12_000)).toEqual([])
    expect(trips(rule, 'f', 1, 12_100)).toEqual([0])
  })

  it('begins anew when it is reset', () => {
    const rule = new FailureRate(limits)
    trips(rule, 'f'.repeat(19))
    rule.reset()
    expect(trips(rule, 'f'.repeat(20), 1, 1900)).toEqual([19])
  })
})
