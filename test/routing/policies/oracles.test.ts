import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import { policies, policyFactory, refuseOracles, type Truth } from '../../../src/routing/index.ts'
import { choose, observationOf } from '../observation-of.ts'

interface True {
  readonly workMs?: number
  readonly speeds: readonly number[]
  readonly workers?: readonly number[]
  readonly workLeftMs?: readonly number[]
  readonly addedMs?: readonly number[]
}

function best(text: string, inFlight: readonly number[], truth: True): number[] {
  const { workMs = 10, speeds } = truth
  const observation = observationOf({ inFlight })
  const seen: Truth = {
    workMs,
    speeds: Float64Array.from(speeds),
    workers: Float64Array.from(truth.workers ?? speeds.map(() => 1)),
    workLeftMs: Float64Array.from(truth.workLeftMs ?? speeds.map(() => 0)),
    addedMs: Float64Array.from(truth.addedMs ?? speeds.map(() => 0)),
  }
  observation.truth = seen
  const { propensities } = choose(policyFactory(text)('cart-service'), observation, () => 0)
  return propensities.flatMap((propensity, i) => (propensity > 0 ? [i] : []))
}

describe('shortest-expected-delay', () => {
  const SED = 'shortest-expected-delay'

  it('is (in flight + 1) / speed with one worker', () => {
    expect(best(SED, [2, 0], { speeds: [2, 0.5] })).toEqual([0])
    expect(best(SED, [3, 0], { speeds: [2, 0.5] })).toEqual([0, 1])
    expect(best(SED, [4, 0], { speeds: [2, 0.5] })).toEqual([1])
  })

  it('is the work alone as long as a worker is free', () => {
    expect(best(SED, [3, 0], { speeds: [1, 1], workers: [4, 4] })).toEqual([0, 1])
    expect(best(SED, [4, 0], { speeds: [1, 1], workers: [4, 4] })).toEqual([1])
    expect(best(SED, [7, 0], { speeds: [1, 0.5], workers: [4, 4] })).toEqual([0, 1])
  })

  it('avoids who stands still, and draws where all do', () => {
    expect(best(SED, [99, 0], { speeds: [0.01, 0] })).toEqual([0])
    expect(best(SED, [99, 0], { speeds: [0, 0] })).toEqual([0, 1])
  })
})

describe('least-work-left', () => {
  const LWL = 'least-work-left'

  it('goes where the work that is there is done first', () => {
    expect(best(LWL, [1, 9], { speeds: [1, 1], workLeftMs: [50, 49] })).toEqual([1])
    expect(best(LWL, [1, 9], { speeds: [1, 1], workLeftMs: [49, 49] })).toEqual([0, 1])
  })

  it('counts its own work where speeds differ', () => {
    // (0 + w) / 0.5 against (30 + w) / 2.
    const truth = { speeds: [0.5, 2], workLeftMs: [0, 30] }
    expect(best(LWL, [0, 1], { ...truth, workMs: 9.9 })).toEqual([0])
    expect(best(LWL, [0, 1], { ...truth, workMs: 10 })).toEqual([0, 1])
    expect(best(LWL, [0, 1], { ...truth, workMs: 10.1 })).toEqual([1])
  })

  it('spreads what is there over the workers', () => {
    expect(best(LWL, [1, 1], { speeds: [1, 1], workers: [4, 1], workLeftMs: [79, 20] })).toEqual([0])
  })

  it('avoids who stands still', () => {
    expect(best(LWL, [1, 0], { speeds: [1, 0], workLeftMs: [1e6, 0] })).toEqual([0])
  })
})

describe('least-added-delay', () => {
  it('goes where least is added, whatever is there', () => {
    expect(best('least-added-delay', [0, 9], { speeds: [1, 0.1], addedMs: [31, 30] })).toEqual([1])
    expect(best('least-added-delay', [0, 9], { speeds: [1, 0.1], addedMs: [30, 30] })).toEqual([0, 1])
  })
})

describe('oracles', () => {
  const oracles = policies.all.filter(({ oracle }) => oracle === true).map(({ name }) => name)

  it('are three', () => {
    expect(oracles.toSorted()).toEqual(['least-added-delay', 'least-work-left', 'shortest-expected-delay'])
  })

  it.each(oracles)('%s is refused outside the virtual world, wrapped or not', (name) => {
    for (const text of [name, `epsilon-greedy(${name})`]) {
      const policy = policyFactory(text)('cart-service')
      expect(() => refuseOracles(policy)).toThrow(UsageError)
      expect(() => refuseOracles(policy)).toThrow(/virtual world only/)
    }
    refuseOracles(policyFactory('least-outstanding')('cart-service'))
  })

  it.each(oracles)('%s fails loudly where it is not told the truth', (name) => {
    const policy = policyFactory(name)('cart-service')
    expect(() => choose(policy, observationOf({ inFlight: [0, 0] }), () => 0)).toThrow(/truth/)
  })
})
