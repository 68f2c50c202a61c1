import { beforeEach, describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import type { Policy } from '../../../src/routing/policy.ts'
import { policyFactory } from '../../../src/routing/policy-factory.ts'
import { choose, observationOf, scripted } from '../observation-of.ts'

let policy: Policy

beforeEach(() => {
  use('prequal(pool=8, removals=0)')
})

function use(text: string): void {
  policy = policyFactory(text)('cart-service')
}

function answer(instance: number, inFlight: number, latencyMs: number, nowMs = 0): void {
  policy.onProbe!({ instance, nowMs, inFlight, latencyMs })
}

/** The instances that may be chosen next, of so many. */
function best(count: number, { nowMs = 0, eligible = undefined as number[] | undefined } = {}): number[] {
  const seen = observationOf({
    inFlight: Array(count).fill(0),
    nowMs,
    ...(eligible === undefined ? {} : { eligible }),
  })
  const { index, propensities } = choose(policy, seen, () => 0)
  const shown = propensities.flatMap((propensity, i) => (propensity > 0 ? [i] : []))
  expect(shown).toContain(index)
  return shown
}

describe('hot and cold', () => {
  // The golden vector: theta of 1, 2, 3 and 10 is 3.
  const GOLDEN = [
    [1, 9],
    [2, 4],
    [3, 8],
    [10, 1],
  ] as const

  it('takes the fastest of the cold, not the fastest', () => {
    for (const [i, [inFlight, latencyMs]] of GOLDEN.entries()) answer(i, inFlight, latencyMs)
    expect(best(4)).toEqual([1])
  })

  it('takes the one with the fewest requests if all are hot', () => {
    // Of 128 recent answers nearly all were 0, so theta is 0.
    for (let k = 0; k < 124; k++) answer(4, 0, 5)
    for (const [i, [inFlight, latencyMs]] of GOLDEN.entries()) answer(i, inFlight, latencyMs)
    expect(best(5, { eligible: [1, 1, 1, 1, 0] })).toEqual([0])
  })

  it('with quantile 1 looks at the latency only, with 0 at those with the fewest requests', () => {
    use('prequal(pool=8, removals=0, quantile=1)')
    for (const [i, [inFlight, latencyMs]] of GOLDEN.entries()) answer(i, inFlight, latencyMs)
    expect(best(4)).toEqual([3])
    use('prequal(pool=8, removals=0, quantile=0)')
    for (const [i, [inFlight, latencyMs]] of GOLDEN.entries()) answer(i, inFlight, latencyMs)
    expect(best(4)).toEqual([0])
  })

  it('draws among equals, and tries first who has no latency yet', () => {
    answer(0, 1, 5)
    answer(1, 1, 5)
    answer(2, 1, 6)
    expect(best(3)).toEqual([0, 1])
    answer(2, 1, Number.NaN)
    expect(best(3)).toEqual([2])
  })

  it('counts what it has sent since: each request makes its instance hotter', () => {
    use('prequal(pool=8, removals=0, probes=1, quantile=0)')
    answer(0, 1, 5)
    answer(1, 2, 1)
    // 1 is cold as long as it has no more than theta, the lowest count: 1.
    expect(best(3)).toEqual([0])
    // Now 2 and 2, both hot.
    expect(best(3)).toEqual([0, 1])
  })
})

describe('the pool', () => {
  it('is no help with fewer than two answers: the choice is uniform', () => {
    expect(best(3)).toEqual([0, 1, 2])
    answer(2, 0, 1)
    expect(best(3)).toEqual([0, 1, 2])
    answer(1, 0, 2)
    expect(best(3)).toEqual([2])
  })

  it('does not count those that may not be chosen', () => {
    answer(0, 0, 1)
    answer(1, 0, 2)
    expect(best(3, { eligible: [0, 1, 1] })).toEqual([1, 2])
  })

  it('forgets answers after a second', () => {
    answer(0, 0, 2, 0)
    answer(1, 0, 1, 0)
    answer(2, 0, 9, 500)
    answer(3, 0, 8, 500)
    expect(best(4, { nowMs: 1000 })).toEqual([1])
    expect(best(4, { nowMs: 1001 })).toEqual([3])
    expect(best(4, { nowMs: 1501 })).toEqual([0, 1, 2, 3])
  })

  it('keeps half as many as there are instances, the newest', () => {
    use('prequal(removals=0)')
    best(6)
    for (const i of [0, 1, 2, 3]) answer(i, 0, i)
    // The oldest, which was the fastest, is out.
    expect(best(6)).toEqual([1])
  })

  it('takes out the oldest and the worst in turn, one per request', () => {
    use('prequal(pool=5, removals=1)')
    answer(0, 0, 7)
    answer(1, 0, 3)
    answer(2, 0, 9)
    answer(3, 0, 4)
    answer(4, 0, 5)
    expect(best(9)).toEqual([1])
    // 0 is out as the oldest. The use of 1 has made it hot, so it is the worst, and goes next.
    expect(best(9)).toEqual([3])
    expect(best(9)).toEqual([4])
  })
})

describe('probes', () => {
  const seen = observationOf({ inFlight: [0, 0, 0, 0, 0], eligible: [1, 0, 1, 1, 1] })
  const targets = new Int32Array(5)
  const probe = (random: () => number) =>
    Array.from(targets.subarray(0, policy.probes!(seen, random, targets)))

  it('go to three different ones that may be chosen', () => {
    expect(probe(scripted(0, 0, 0))).toEqual([0, 2, 3])
    expect(probe(scripted(0.99, 0.99, 0.99))).toEqual([4, 0, 2])
    const random = new RandomStreams(3).stream('probes')
    const times = new Map<number, number>()
    for (let k = 0; k < 4000; k++) {
      const chosen = probe(random)
      expect(new Set(chosen).size).toBe(3)
      for (const i of chosen) times.set(i, (times.get(i) ?? 0) + 1)
    }
    expect([...times.keys()].toSorted()).toEqual([0, 2, 3, 4])
    for (const count of times.values()) expect(Math.abs(count - 3000)).toBeLessThan(150)
  })

  it('are rounded at random', () => {
    use('prequal(probes=1.25)')
    expect(probe(scripted(0.249, 0, 0))).toHaveLength(2)
    expect(probe(scripted(0.25, 0))).toHaveLength(1)
  })

  it('are no more than there are instances', () => {
    use('prequal(probes=64)')
    expect(probe(() => 0).toSorted()).toEqual([0, 2, 3, 4])
  })
})
