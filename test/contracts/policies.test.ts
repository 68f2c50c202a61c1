/** What every policy in the list must keep, whatever its rule. The wrapping ones are tried around two others. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { isChoice, policies, type ServiceRouter } from '../../src/routing/index.ts'
import { chiSquare, chiSquareLimit } from '../core/chi-square.ts'
import { checkDecision } from './check-decision.ts'
import { DrivenRouter } from './driven-router.ts'

const CLONES = 300
const WRAPPED = ['least-outstanding', 'smooth-weighted-round-robin']

/** Wrappers around wrappers. */
const NESTED = [
  'epsilon-greedy(slow-start(circuit-breaker(backpressure(peak-ewma))))',
  'backpressure(slow-start(outlier-ejection(health-checks(c3))), limit=aimd, start=3)',
  'shadow(circuit-breaker(strategies, allOut=shed), epsilon-greedy(prequal))',
]

/**
 * Every policy, with every word that it can be told; a wrapper also around another policy. `decisions` is how many of
 * them must leave no trace in memory: a million, or as many as a policy that is made of others makes in that time.
 */
const VARIANTS = policies.all
  .flatMap(({ name, wraps, parameters, parts = [] }) => {
    const [usual, another] = WRAPPED.map((inner) => Array<string>(wraps).fill(inner))
    const textOf = (words: readonly string[]) => (words.length === 0 ? name : `${name}(${words.join(', ')})`)
    const told = parameters
      .filter(isChoice)
      .flatMap((parameter) =>
        parameter.choices
          .filter((choice) => choice !== parameter.default)
          .map((choice) => textOf([...usual!, `${parameter.name}=${choice}`])),
      )
    const others = [...(wraps === 0 ? [] : [textOf(another!)]), ...told]
    const usually = { text: textOf(usual!), decisions: 1_000_000 / (1 + wraps + parts.length) }
    return [usually, ...others.map((text) => ({ text, decisions: 150_000 }))]
  })
  .concat(NESTED.map((text) => ({ text, decisions: 50_000 })))

const equalWeights = (count: number): number[] => Array<number>(count).fill(1)
const unequalWeights = (count: number): number[] => Array.from({ length: count }, (_, i) => 1 + (i % 3))

describe.each(VARIANTS)('$text', ({ text, decisions }) => {
  it.each([
    [1, equalWeights],
    [2, equalWeights],
    [3, unequalWeights],
    [64, equalWeights],
    [64, unequalWeights],
  ])('gives a distribution over the eligible ones of %i, and draws from it', (count, weightsOf) => {
    const driven = new DrivenRouter(text, weightsOf(count))
    const choices = driven.drive({ decisions: 1500, flapping: true, retrying: true, check: checkDecision })
    expect(choices.filter((chosen) => chosen === -1).length).toBeLessThan(750)
  })

  it.each([1, 2, 64])('sends the first request to one of %i of which it has heard nothing yet', (count) => {
    const driven = new DrivenRouter(text, unequalWeights(count))
    const chosen = driven.decide()
    expect(chosen).not.toBe(-1)
    checkDecision(driven.router, chosen)
    driven.drive({ decisions: 2 * count, check: checkDecision })
  })

  it('takes the only one that is left, with propensity 1, or sheds', () => {
    for (let left = 0; left < 5; left++) {
      const driven = new DrivenRouter(text, unequalWeights(5))
      driven.drive({ decisions: 50 })
      for (let i = 0; i < 5; i++) driven.router.drain(i, i !== left)
      const check = (router: ServiceRouter, chosen: number) => {
        checkDecision(router, chosen)
        if (chosen === -1) return
        expect(chosen).toBe(left)
        expect(router.propensities[left]).toBeCloseTo(1, 12)
      }
      driven.drive({ decisions: 10, check })
    }
  })

  it('is not asked where nobody may be chosen; one that judges health by itself still decides soundly', () => {
    const driven = new DrivenRouter(text, unequalWeights(3))
    driven.drive({ decisions: 20 })
    const report = { healthy: false, cpu: 0.5, memory: 0.5, queueDepth: 0 }
    for (let round = 0; round < 9; round++) {
      for (let i = 0; i < 3; i++) driven.router.onReport(i, report, driven.nowMs)
    }
    for (let i = 0; i < 10; i++) {
      const chosen = driven.decide()
      if (driven.policy.checksHealth === true) checkDecision(driven.router, chosen)
      else expect(chosen).toBe(-1)
    }
    for (let i = 0; i < 3; i++) driven.router.drain(i)
    expect(driven.decide()).toBe(-1)
  })

  // A rule that moves on with every choice, as round robin does, has another distribution each time: what it chose
  // must match the sum of what it said.
  it.each([2, 3, 8])('chooses each of %i as often as it says', (count) => {
    const driven = new DrivenRouter(text, unequalWeights(count))
    driven.drive({ decisions: 201 })
    const chosen = new Float64Array(count)
    const expected = new Float64Array(count)
    for (let i = 0; i < 10_000; i++) {
      const one = driven.decide()
      if (one !== -1) chosen[one]! += 1
      for (let j = 0; j < count; j++) expected[j]! += driven.router.propensities[j]!
    }
    expect(chiSquare(chosen, expected)).toBeLessThan(chiSquareLimit(count - 1))
  })

  // And from one and the same state, reached many times over, what it said must be what it does.
  it('says the same whenever it comes to the same state, and chooses as often as it says', () => {
    const count = 4
    const streams = new RandomStreams(5)
    const chosen = new Float64Array(count)
    let said: number[] = []
    for (let clone = 0; clone < CLONES; clone++) {
      const driven = new DrivenRouter(text, equalWeights(count), 7)
      driven.drive({ decisions: 25 })
      driven.drawFrom(streams.stream(`clone/${clone}`))
      const one = driven.decide()
      if (one !== -1) chosen[one]! += 1
      if (clone === 0) said = Array.from(driven.router.propensities)
      else expect(Array.from(driven.router.propensities)).toEqual(said)
    }
    const expected = said.map((propensity) => CLONES * propensity)
    expect(chiSquare(chosen, expected)).toBeLessThan(chiSquareLimit(count - 1))
  })

  it('makes the same choices from the same draws and the same answers', () => {
    const choices = () =>
      new DrivenRouter(text, unequalWeights(4), 9).drive({ decisions: 2000, flapping: true, retrying: true })
    expect(choices()).toEqual(choices())
  })

  it('takes instances that are added in mid-run, and sends them requests', () => {
    const driven = new DrivenRouter(text, equalWeights(3))
    driven.drive({ decisions: 1000, check: checkDecision })
    driven.addInstance(1)
    driven.addInstance(2)
    const choices = driven.drive({ decisions: 4000, check: checkDecision })
    expect(choices).toContain(3)
    expect(choices).toContain(4)
  })

  // One number kept per decision would be a million bytes and more.
  it('does not grow with its decisions', () => {
    const driven = new DrivenRouter(text, unequalWeights(3))
    driven.drive({ decisions: 1000 })
    driven.repeat(100_000)
    const before = heapBytes()
    driven.repeat(decisions)
    expect(heapBytes() - before).toBeLessThan(500_000)
  })

  it('has an id that makes the same policy again', () => {
    const { id, version } = new DrivenRouter(text, equalWeights(2)).policy
    expect(new DrivenRouter(id, equalWeights(2)).policy).toMatchObject({ id, version })
  })
})

/** Bytes that are still reachable. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
