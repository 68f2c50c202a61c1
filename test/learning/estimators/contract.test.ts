/** What every estimator keeps: identities, invariances, and plain words for what nobody can estimate from. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, RandomStreams } from '../../../src/core/index.ts'
import { estimateValues } from '../../../src/learning/estimators/estimate-values.ts'
import type { OffPolicyEstimator } from '../../../src/learning/estimators/estimator.ts'
import { estimators, usualEstimators } from '../../../src/learning/estimators/index.ts'
import { type LoggedTrajectories, returnOf } from '../../../src/learning/estimators/logged-trajectories.ts'
import { type LoggedStep, loggedEpisodes } from './logged-episodes.ts'

const estimate = (estimator: OffPolicyEstimator, trajectories: LoggedTrajectories) =>
  estimateValues(trajectories, [estimator], { random: new RandomStreams(1).stream('bootstrap') }).targets[0]!

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const step: fc.Arbitrary<LoggedStep> = fc.record({
  reward: number(-5, 5),
  behaviour: number(0.1, 1),
  target: number(0.05, 1),
  q: number(-5, 5),
  v: number(-5, 5),
  r: number(-5, 5),
})
const few = { numRuns: 30 }
const episodes = (longest: number) =>
  fc.array(fc.array(step, { minLength: 1, maxLength: longest }), { minLength: 1, maxLength: 8 })
const lengthOf = ({ longest }: OffPolicyEstimator) => Math.min(longest, 3)

const weighing = estimators.all.filter(({ weighs }) => weighs)
const normalised = ['wis', 'wpdis', 'snips', 'weighted-doubly-robust']

describe.each(estimators.all.map((estimator) => [estimator.name, estimator] as const))(
  '%s',
  (name, estimator) => {
    const longest = lengthOf(estimator)

    it('refuses an empty log and rewards that are no numbers, in words', () => {
      const good = { reward: 1, behaviour: 0.5, target: 0.5 }
      expect(() => estimate(estimator, loggedEpisodes([]))).toThrow('no trajectory to judge by')
      expect(() => estimate(estimator, loggedEpisodes([[good], []]))).toThrow('trajectory 1: has no decision')
      for (const reward of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const torn = loggedEpisodes([[good], [{ ...good, reward }]])
        expect(() => estimate(estimator, torn)).toThrow(DataError)
        expect(() => estimate(estimator, torn)).toThrow('reward of decision 1: expected a finite number')
      }
      expect(() => estimate(estimator, loggedEpisodes([[{ ...good, behaviour: 0 }]]))).toThrow(
        'behaviour of decision 0',
      )
    })

    it('has no interval with one trajectory', () => {
      const one = loggedEpisodes([[{ reward: 2, behaviour: 0.5, target: 0.25, q: 2, v: 2, r: 2 }]])
      const { value, low, high, difference } = estimate(estimator, one)
      expect(Number.isFinite(value)).toBe(true)
      expect([low, high, difference.low]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    })

    it('says that it weighs exactly if it cannot do without propensities', () => {
      const unknown = loggedEpisodes([[{ reward: 1, behaviour: Number.NaN, target: 0.5 }]])
      expect(Number.isNaN(estimate(estimator, unknown).value)).toBe(estimator.weighs)
    })

    it('does not depend on the order of the trajectories, nor on how often all are there', () => {
      fc.assert(
        fc.property(episodes(longest), number(0, 1), (log, gamma) => {
          const { value } = estimate(estimator, loggedEpisodes(log, gamma))
          expect(estimate(estimator, loggedEpisodes(log.toReversed(), gamma)).value).toBeCloseTo(value, 8)
          expect(estimate(estimator, loggedEpisodes([...log, ...log], gamma)).value).toBeCloseTo(value, 8)
        }),
        few,
      )
    })

    it('is in the unit of the rewards', () => {
      const scaled = ({ reward, q, v, r, ...rest }: LoggedStep) =>
        ({ ...rest, reward: 3 * reward, q: 3 * q!, v: 3 * v!, r: 3 * r! }) satisfies LoggedStep
      fc.assert(
        fc.property(episodes(longest), (log) => {
          const tripled = log.map((episode) => episode.map(scaled))
          const { value } = estimate(estimator, loggedEpisodes(log))
          expect(estimate(estimator, loggedEpisodes(tripled)).value).toBeCloseTo(3 * value, 6)
        }),
        few,
      )
    })

    it.runIf(normalised.includes(name))('moves by a constant that is added to all rewards', () => {
      const shifted = (by: number) => (one: LoggedStep) => ({
        ...one,
        reward: one.reward + by,
        q: one.q! + by,
        v: one.v! + by,
      })
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), number(-9, 9), (steps, by) => {
          const { value } = estimate(estimator, loggedEpisodes(steps.map((one) => [one])))
          const moved = loggedEpisodes(steps.map((one) => [shifted(by)(one)]))
          expect(estimate(estimator, moved).value).toBeCloseTo(value + by, 6)
        }),
        few,
      )
    })

    it.runIf(estimator.weighs)('of the logger itself, by a model that says 0, is the mean return', () => {
      fc.assert(
        fc.property(episodes(longest), number(0, 1), (log, gamma) => {
          const own = loggedEpisodes(
            log.map((episode) =>
              episode.map(({ reward, behaviour }) => ({ reward, behaviour, target: behaviour })),
            ),
            gamma,
          )
          const returns = log.map((_, i) => returnOf(own, i))
          const meanReturn = returns.reduce((a, b) => a + b) / returns.length
          expect(estimate(estimator, own).value).toBeCloseTo(meanReturn, 8)
        }),
        few,
      )
    })
  },
)

describe('the estimators among one another', () => {
  const value = (name: string, trajectories: LoggedTrajectories) =>
    estimate(estimators.get(name), trajectories).value

  it('those that have a twin for single decisions equal it there', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const bandit = loggedEpisodes(steps.map((one) => [{ ...one, r: one.v! }]))
        expect(value('pdis', bandit)).toBeCloseTo(value('is', bandit), 10)
        for (const twin of ['wis', 'wpdis'])
          expect(value(twin, bandit)).toBeCloseTo(value('snips', bandit), 10)
        expect(value('fqe', bandit)).toBeCloseTo(value('direct-method', bandit), 10)
      }),
      few,
    )
  })

  it('a model that says 0 makes doubly robust ones per-decision ones', () => {
    fc.assert(
      fc.property(episodes(3), number(0, 1), (log, gamma) => {
        const mute = loggedEpisodes(
          log.map((episode) => episode.map((one) => ({ ...one, q: 0, v: 0 }))),
          gamma,
        )
        expect(value('doubly-robust', mute)).toBeCloseTo(value('pdis', mute), 8)
        expect(value('weighted-doubly-robust', mute)).toBeCloseTo(value('wpdis', mute), 8)
      }),
      few,
    )
  })

  it('keep a trajectory that has ended in the denominator', () => {
    const short = [{ reward: 1, behaviour: 0.5, target: 1 }]
    const long = [
      { reward: 0, behaviour: 0.5, target: 0.5 },
      { reward: 4, behaviour: 0.5, target: 0.5 },
    ]
    // First step (2 x 1 + 1 x 0) / 3; second 1 x 4 / (2 + 1), since the short one weighs 2 there as well.
    expect(value('wpdis', loggedEpisodes([short, long]))).toBeCloseTo(2 / 3 + 4 / 3, 12)
  })

  it('by default leave out those that say the same', () => {
    expect(usualEstimators(1)).toEqual([
      'doubly-robust',
      'weighted-doubly-robust',
      'is',
      'snips',
      'direct-method',
    ])
    expect(usualEstimators(2)).not.toContain('snips')
    expect(weighing.length).toBe(7)
  })
})
