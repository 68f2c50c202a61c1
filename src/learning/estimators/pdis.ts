/**
 * Per-decision importance sampling (Precup, Sutton & Singh, Eligibility traces for off-policy policy evaluation, ICML
 * 2000):
 *
 *     V = 1/n sum_i sum_t gamma^t w_it r_it
 *
 * A reward is weighed by the decisions that led to it, not by those after it. Unbiased like `is`, with less variance
 * as a rule; trust it for a few decisions with good overlap. With one decision it is `is`.
 */
import { meanEstimator } from './estimator.ts'
import { ratioAt } from './logged-trajectories.ts'

export const perDecisionImportanceSampling = meanEstimator(
  {
    name: 'pdis',
    summary: 'per-decision importance sampling: each reward, weighed by the ratios up to it',
    weighs: true,
    models: false,
    longest: Number.POSITIVE_INFINITY,
  },
  (trajectories, i) => {
    const { starts, reward, gamma } = trajectories
    let weight = 1
    let discount = 1
    let sum = 0
    for (let d = starts[i]!; d < starts[i + 1]!; d++) {
      weight *= ratioAt(trajectories, d)
      sum += discount * weight * reward[d]!
      discount *= gamma
    }
    return sum
  },
)
