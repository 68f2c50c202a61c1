import { beforeEach, describe, expect, it } from 'vitest'
import type { Policy } from '../../../src/routing/policy.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf, UNTOLD } from '../observation-of.ts'

let policy: Policy

beforeEach(() => {
  use('c3')
})

function use(text: string): void {
  policy = policyFactory(text)('cart-service')
}

interface Told {
  readonly nowMs?: number
  readonly queueDepth?: number
  readonly workMs?: number
}

function hear(instance: number, latencyMs: number, { nowMs = 0, ...told }: Told = {}, failed = false): void {
  policy.onOutcome!({ instance, latencyMs, nowMs, failed, ...UNTOLD, ...told })
}

/** Propensity of the first: 1 if its psi is lower than those of all others, less if it ties, 0 if any is lower. */
function first(inFlight: readonly number[], nowMs = 0): number {
  return choose(policy, observationOf({ inFlight, nowMs }), () => 0).propensities[0]!
}

describe('psi = R - 1/mu + q^3/mu', () => {
  it('ranks by response time where nobody has anything to do', () => {
    hear(0, 30, { workMs: 10, queueDepth: 0 })
    hear(1, 30.001, { workMs: 5, queueDepth: 0 })
    // q = 1 for both: psi = R.
    expect(first([0, 0])).toBe(1)
  })

  it('cubes the queue: psi(0) = 20 - 10 + 27 x 10 = 280, psi(1) = R - 40 + 8 x 40', () => {
    hear(0, 20, { workMs: 10, queueDepth: 0 })
    hear(1, 0.001, { workMs: 40, queueDepth: 0 })
    // 280 against 280.001.
    expect(first([2, 1])).toBe(1)
    use('c3')
    hear(0, 20, { workMs: 10, queueDepth: 0 })
    hear(1, -0.001, { workMs: 40, queueDepth: 0 })
    expect(first([2, 1])).toBe(0)
  })

  it('adds the queue that the instance tells to what is in flight from here', () => {
    hear(0, 10, { workMs: 10, queueDepth: 2 })
    hear(1, 10, { workMs: 10, queueDepth: 0 })
    expect(first([0, 1])).toBe(0)
    expect(first([0, 2])).toBe(0.5)
    expect(first([0, 3])).toBe(1)
  })

  it('multiplies what is in flight by the number of clients', () => {
    use('c3(clients=4)')
    hear(0, 10, { workMs: 10, queueDepth: 4 })
    hear(1, 10, { workMs: 10, queueDepth: 0 })
    expect(first([0, 1])).toBe(0.5)
  })

  it('takes another exponent: with 1, psi = R - 1/mu + q/mu', () => {
    use('c3(exponent=1)')
    hear(0, 10, { workMs: 10, queueDepth: 0 })
    hear(1, 40, { workMs: 10, queueDepth: 0 })
    // 10 + 10 n against 40.
    expect(first([3, 0])).toBe(0.5)
    expect(first([2, 0])).toBe(1)
  })
})

describe('averages', () => {
  it('give the newest value a weight of 0.3', () => {
    hear(0, 100)
    hear(0, 200)
    hear(1, 130.001)
    expect(first([0, 0])).toBe(1)
    use('c3')
    hear(0, 100)
    hear(0, 200)
    hear(1, 129.999)
    expect(first([0, 0])).toBe(0)
  })

  it('take 1/mu = R where an instance does not tell its work', () => {
    // Both have psi = 8 x 10; the one that tells a shorter work has less.
    hear(0, 10)
    hear(1, 10, { workMs: 10 })
    expect(first([1, 1])).toBe(0.5)
    hear(1, 10, { workMs: 5 })
    expect(first([1, 1])).toBe(0)
  })

  it('hear of queues from health reports, too', () => {
    hear(0, 10, { queueDepth: 0 })
    hear(1, 10, { queueDepth: 0 })
    policy.onReport!(0, { healthy: true, cpu: 1, memory: 0.5, queueDepth: 10 }, 0)
    expect(first([0, 2])).toBe(0)
    expect(first([0, 3])).toBe(0.5)
  })

  it('do not learn from failures', () => {
    hear(0, 100)
    hear(1, 100)
    hear(1, 0.1, { workMs: 0.1, queueDepth: 0 }, true)
    expect(first([0, 0])).toBe(0.5)
  })
})

describe('an instance that is new', () => {
  it('is tried first, by one request and not by a stampede', () => {
    hear(1, 0.001)
    expect(first([0, 0])).toBe(1)
    expect(first([1, 50])).toBe(0)
  })

  it('is one of which nothing was heard for ten seconds; it starts anew', () => {
    hear(0, 900)
    hear(1, 10, { nowMs: 9_999 })
    expect(first([0, 0], 9_999)).toBe(0)
    expect(first([0, 0], 10_000)).toBe(1)
    hear(0, 9, { nowMs: 10_000 })
    expect(first([0, 0], 10_000)).toBe(1)
  })

  it('is judged by the others once it has failed, so that it does not attract all requests', () => {
    hear(1, 20)
    hear(2, 40)
    hear(0, 1, {}, true)
    // Mean R and 1/mu of the others: 30. Alone, the second has 20.
    expect(first([0, 0, 0])).toBe(0)
    expect(first([0, 1, 0])).toBe(1)
  })

  it('is chosen by its queue where nobody has ever succeeded', () => {
    for (const i of [0, 1]) hear(i, 1, {}, true)
    expect(first([1, 1])).toBe(0.5)
    expect(first([1, 2])).toBe(1)
  })
})
