/**
 * Weighted importance sampling (Precup, Sutton & Singh, ICML 2000): `is`, normalised by the weights that came up.
 *
 *     V = sum_i w_{i,T-1} G_i / sum_i w_{i,T-1}
 *
 * Consistent, but biased: towards the logger's own value where few trajectories count. Far less variance than `is`,
 * and never outside the range of the returns; adding a constant to all rewards moves it by just that. With one
 * trajectory it is that one's return, whatever the target.
 */
import type { OffPolicyEstimator } from './estimator.ts'
import { returnOf, weightOf } from './logged-trajectories.ts'

export const weightedImportanceSampling: OffPolicyEstimator = {
  name: 'wis',
  summary: 'weighted importance sampling: like is, but the weights are made to average 1',
  weighs: true,
  models: false,
  longest: Number.POSITIVE_INFINITY,
  sums: () => 2,
  add: (trajectories, i, sums, at) => {
    const weight = weightOf(trajectories, i)
    sums[at]! += weight
    sums[at + 1]! += weight * returnOf(trajectories, i)
  },
  value: (sums, at) => sums[at + 1]! / sums[at]!,
}
