import { describe, expect, it } from 'vitest'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf } from '../observation-of.ts'

const NONE = Number.NaN

function propensities(guard: string, ewmaLatencyMs: number[], inFlight: number[], eligible?: number[]) {
  const policy = policyFactory(`least-response-time(guard=${guard})`)('cart-service')
  const seen = observationOf({ inFlight, ewmaLatencyMs, ...(eligible && { eligible }) })
  return choose(policy, seen, () => 0).propensities
}

describe('least-response-time', () => {
  it('is guarded unless told', () => {
    expect(policyFactory('least-response-time')('s').id).toBe('least-response-time(guard=in-flight)')
  })

  it.each([
    ['latency x (in flight + 1)', [10, 30, 90], [3, 0, 0], [0, 1, 0]],
    ['random among equals', [10, 30, 90], [2, 0, 0], [0.5, 0.5, 0]],
    ['an unknown one is as good as the fastest', [10, NONE, 90], [0, 0, 0], [0.5, 0.5, 0]],
    ['what it has in flight keeps others away', [10, NONE, 90], [0, 1, 0], [1, 0, 0]],
    ['nothing known: the fewest in flight', [NONE, NONE, NONE], [2, 1, 1], [0, 0.5, 0.5]],
    ['latencies of 0 do not hide what is in flight', [0, 0, 5], [2, 1, 0], [0, 1, 0]],
  ])('guarded: %s', (_, latencies, inFlight, expected) => {
    expect(propensities('in-flight', latencies, inFlight)).toEqual(expected)
  })

  it('measures an unknown one by the fastest of those that may be chosen', () => {
    expect(propensities('in-flight', [1, NONE, 90], [0, 1, 0], [0, 1, 1])).toEqual([0, 0, 1])
    expect(propensities('in-flight', [1, NONE, 90], [0, 1, 1], [0, 1, 1])).toEqual([0, 0.5, 0.5])
  })

  it.each([
    ['latency alone, whatever is in flight', [10, 30, 90], [999, 0, 0], [1, 0, 0]],
    ['an unknown one counts as 0', [10, NONE, 90], [0, 999, 0], [0, 1, 0]],
  ])('naive: %s', (_, latencies, inFlight, expected) => {
    expect(propensities('none', latencies, inFlight)).toEqual(expected)
  })
})
