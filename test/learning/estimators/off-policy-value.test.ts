import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { estimateOnce } from '../../../src/learning/estimators/estimator.ts'
import { meanReward, offPolicyValue } from '../../../src/learning/estimators/off-policy-value.ts'
import { selfNormalisedPropensityScore } from '../../../src/learning/estimators/snips.ts'
import { GreedyTable } from '../../../src/learning/tabular/greedy-table.ts'
import { type Step, transitionsOf } from '../hand-made-transitions.ts'
import { loggedEpisodes } from './logged-episodes.ts'

/** Prefers class 1 to class 0 in the only state. */
const table = new GreedyTable(1, 2, Float64Array.of(0, 1, 0, 0, 0, 0), Uint32Array.of(1, 1, 0, 0, 0, 0))

function judge(steps: readonly Step[]) {
  return offPolicyValue(table, transitionsOf(1, 2, steps))
}

const step = { state: 0, candidates: [0, 1, 1], reward: 0 }

test('by hand: weights are the policy over the logger, ties share', () => {
  const result = judge([
    { ...step, chosen: 0, propensity: 0.5, reward: 100 }, // never the policy's: weight 0
    { ...step, chosen: 1, propensity: 0.25, reward: 1 }, // one of two best: weight 0.5 / 0.25
    { ...step, chosen: 2, propensity: 0.1, reward: 3 }, // 0.5 / 0.1
    { ...step, chosen: 2, reward: 1000 }, // propensity not known: no part of the estimate
  ])
  expect(result.value).toBeCloseTo((2 * 1 + 5 * 3) / 7, 12)
  expect(result.effectiveSampleSize).toBeCloseTo(49 / 29, 12)
  expect(result.decisions).toBe(3)
  expect(result.agreementWithLogger).toBeCloseTo(1.5 / 4, 12)
  expect(result.fallbackShare).toBe(0)
})

test("no logged action is the policy's: no value, rather than a wrong one", () => {
  expect(judge([{ ...step, chosen: 0, propensity: 0.5 }])).toMatchObject({
    value: null,
    effectiveSampleSize: 0,
  })
})

test('finds the value of the policy in a log that another one made', () => {
  const random = new RandomStreams(3).stream('log')
  const steps = Array.from({ length: 20_000 }, (): Step => {
    const chosen = random() < 0.9 ? 0 : 1
    const reward = (chosen === 1 ? 2 : 0) + random()
    return { state: 0, candidates: [0, 1], chosen, propensity: chosen === 0 ? 0.9 : 0.1, reward }
  })
  const result = judge(steps)
  // 2000 draws with standard deviation 0.29: five standard errors are 0.032.
  expect(Math.abs(result.value! - 2.5)).toBeLessThan(0.032)
  expect(meanReward(transitionsOf(1, 2, steps))).toBeLessThan(0.8)
})

test('units: the value is in those of the reward', () => {
  const transitions = transitionsOf(1, 2, [{ ...step, chosen: 1, propensity: 1, reward: 2 }])
  expect(offPolicyValue(table, { ...transitions, rewardScale: 10 }).value).toBe(20)
})

test('is the estimator snips, for a table in training', () => {
  const random = new RandomStreams(4).stream('log')
  const steps = Array.from({ length: 200 }, (): Step => {
    const chosen = Math.floor(random() * 3)
    return { state: 0, candidates: [0, 1, 1], chosen, propensity: 0.2 + 0.1 * chosen, reward: random() }
  })
  // The table prefers class 1, which two candidates have.
  const logged = steps.map(({ chosen, propensity, reward }) => [
    { reward, behaviour: propensity!, target: chosen === 0 ? 0 : 0.5 },
  ])
  expect(judge(steps).value).toBeCloseTo(
    estimateOnce(selfNormalisedPropensityScore, loggedEpisodes(logged), 1),
    12,
  )
})
