/**
 * Weighted per-decision importance sampling (Precup, Sutton & Singh, ICML 2000; in this form Thomas, Safe
 * reinforcement learning, 2015, section 3.6, there CWPDIS):
 *
 *     V = sum_t gamma^t (sum_i w_it r_it) / (sum_i w_it)
 *
 * A trajectory that has ended stays in the denominator, with its last weight and reward 0: without it, the estimate
 * would be one of trajectories that are long. Consistent, biased like `wis`, with less variance: the one of this family
 * to look at first. With one decision it is `snips`.
 */
import type { OffPolicyEstimator } from './estimator.ts'
import { ratioAt } from './logged-trajectories.ts'

/** Sums: shape [horizon] the weights, then shape [horizon] the weighted rewards. */
export const weightedPerDecisionImportanceSampling: OffPolicyEstimator = {
  name: 'wpdis',
  summary: 'weighted per-decision importance sampling: like pdis, but the weights of each step average 1',
  weighs: true,
  models: false,
  longest: Number.POSITIVE_INFINITY,
  sums: (horizon) => 2 * horizon,
  add: (trajectories, i, sums, at, horizon) => {
    const { starts, reward } = trajectories
    const start = starts[i]!
    const length = starts[i + 1]! - start
    let weight = 1
    for (let t = 0; t < horizon; t++) {
      if (t < length) {
        weight *= ratioAt(trajectories, start + t)
        sums[at + horizon + t]! += weight * reward[start + t]!
      }
      sums[at + t]! += weight
    }
  },
  value: (sums, at, horizon, gamma) => {
    let value = 0
    let discount = 1
    for (let t = 0; t < horizon; t++) {
      value += (discount * sums[at + horizon + t]!) / sums[at + t]!
      discount *= gamma
    }
    return value
  },
}
