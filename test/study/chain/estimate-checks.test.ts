import { expect, it } from 'vitest'
import { checkEstimates } from '../../../src/study/chain/estimate-checks.ts'
import type { Comparison, Evaluation, StudyModel } from '../../../src/study/index.ts'

const SEEDS = [1, 2, 3]
const REWARDS = { logger: [0.3, 0.31, 0.29], learned: [0.4, 0.42, 0.39] }

/** Only what a check reads. */
function checked(verdict: string, estimate: { low: number; high: number }, rewards = REWARDS, horizon = 1) {
  const results = Object.entries(rewards).flatMap(([policy, own]) =>
    own.map((meanReward, i) => ({ policy, seed: SEEDS[i], meanReward })),
  )
  const overlap = { effectiveSampleSize: 100, effectiveShare: 0.5, unsupportedShare: 0 }
  const estimates = [{ estimator: 'snips', value: 0.4, ...estimate, refusal: null }]
  const policy = { verdict, verdictBy: 'snips', reason: 'so it is', overlap, estimates }
  const evaluation = { data: { horizon }, policies: [policy] } as unknown as Evaluation
  const comparison = { seeds: SEEDS, results } as unknown as Comparison
  const [check] = checkEstimates([{ label: 'learned' } as StudyModel], evaluation, comparison, 'logger')
  return check!
}

it('a claim that the replays bear out was right', () => {
  const check = checked('better', { low: 0.38, high: 0.42 })
  expect(check).toMatchObject({ realised: 'better', right: true, estimates: [{ right: true }] })
  expect(check.realisedDifference.mean).toBeCloseTo(0.31 / 3, 12)
})

it('one that they do not bear out was wrong, be the opposite shown or nothing', () => {
  expect(checked('worse', { low: 0.1, high: 0.2 })).toMatchObject({
    right: false,
    estimates: [{ right: false }],
  })
  const same = { logger: [0.3, 0.31, 0.29], learned: [0.29, 0.31, 0.3] }
  expect(checked('better', { low: 0.3, high: 0.5 }, same)).toMatchObject({
    realised: 'not shown',
    right: false,
  })
})

it('where nothing was claimed, or not of single decisions, nothing was right or wrong', () => {
  expect(checked('not shown', { low: 0.3, high: 0.5 }).right).toBeNull()
  expect(checked('not identifiable', { low: Number.NaN, high: Number.NaN }).estimates[0]!.right).toBeNull()
  expect(checked('better', { low: 3, high: 5 }, REWARDS, 10).estimates[0]!.right).toBeNull()
})
