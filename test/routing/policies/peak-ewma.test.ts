import { beforeEach, describe, expect, it } from 'vitest'
import type { Policy } from '../../../src/routing/policy.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf, UNTOLD } from '../observation-of.ts'

let policy: Policy

beforeEach(() => {
  policy = policyFactory('peak-ewma(decaySeconds=10)')('cart-service')
})

function hear(instance: number, latencyMs: number, nowMs: number, failed = false): void {
  policy.onOutcome!({ instance, latencyMs, nowMs, failed, ...UNTOLD })
}

/** The propensity of the first of two: 1 if it costs less, 1/2 if both cost the same, 0 if more. */
function first(inFlight: [number, number], nowMs = 0): number {
  return choose(policy, observationOf({ inFlight, nowMs }), () => 0).propensities[0]!
}

describe('peak-ewma', () => {
  it('costs latency x (requests in flight + 1)', () => {
    hear(0, 100, 0)
    hear(1, 30, 0)
    expect(first([0, 2])).toBe(0)
    expect(first([0, 3])).toBe(1)
    expect(first([3, 0])).toBe(0)
  })

  it.each([
    [0.01, 1],
    [-0.01, 0],
  ])('decays to 1/e after its time constant: against 100 / e + %f', (more, propensity) => {
    hear(0, 100, 0)
    hear(1, 100 / Math.E + more, 10_000)
    expect(first([0, 0], 10_000)).toBe(propensity)
  })

  it('jumps to a peak at once', () => {
    hear(0, 10, 0)
    hear(1, 99, 0)
    hear(0, 100, 0)
    expect(first([0, 0])).toBe(0)
  })

  it('tries an idle instance without history first', () => {
    hear(0, 0.001, 0)
    expect(first([0, 0])).toBe(0)
  })

  it('gives an instance without history one request and not a stampede', () => {
    hear(0, 60_000, 0)
    expect(first([99, 1])).toBe(1)
    expect(first([0, 1])).toBe(1)
  })

  it('orders instances without history by their requests in flight', () => {
    expect(first([1, 2])).toBe(1)
    expect(first([2, 2])).toBe(0.5)
  })

  it('does not learn from failures: an instance that fails fast must not look fast', () => {
    hear(0, 100, 0)
    hear(1, 1, 0, true)
    expect(first([0, 1])).toBe(1)
    hear(0, 500, 0, true)
    hear(1, 200, 0)
    expect(first([0, 0])).toBe(1)
  })
})
