/**
 * Weighted doubly robust (Thomas & Brunskill, Data-efficient off-policy policy evaluation, ICML 2016, eq. 9):
 * `doubly-robust` with weights that are normalised per step, u_it = w_it / sum_j w_jt and u_{i,-1} = 1/n:
 *
 *     V = sum_i sum_t gamma^t [ u_it r_it - (u_it Q(s_it, a_it) - u_{i,t-1} V(s_it)) ]
 *
 * Consistent, no longer unbiased, and less thrown off by single large weights: to be preferred to `doubly-robust`
 * where the effective sample is small. What a trajectory that has ended weighs counts in the denominators, as in `wpdis`.
 */
import type { OffPolicyEstimator } from './estimator.ts'
import { ratioAt } from './logged-trajectories.ts'

/**
 * Sums: n, then per step shape [horizon] the weights, [horizon] the weighted errors r - Q, and [horizon] the values V
 * with the weight before.
 */
export const weightedDoublyRobust: OffPolicyEstimator = {
  name: 'weighted-doubly-robust',
  summary: 'like doubly-robust, but the weights of each step are made to average 1',
  weighs: true,
  models: true,
  longest: Number.POSITIVE_INFINITY,
  sums: (horizon) => 1 + 3 * horizon,
  add: (trajectories, i, sums, at, horizon) => {
    const { starts, reward, values } = trajectories
    const { logged, state } = values!
    const weightAt = at + 1
    const errorAt = weightAt + horizon
    const stateAt = errorAt + horizon
    const start = starts[i]!
    const length = starts[i + 1]! - start
    let weight = 1
    sums[at]! += 1
    for (let t = 0; t < horizon; t++) {
      if (t < length) {
        const d = start + t
        sums[stateAt + t]! += weight * state[d]!
        weight *= ratioAt(trajectories, d)
        sums[errorAt + t]! += weight * (reward[d]! - logged[d]!)
      }
      sums[weightAt + t]! += weight
    }
  },
  value: (sums, at, horizon, gamma) => {
    const weightAt = at + 1
    const errorAt = weightAt + horizon
    const stateAt = errorAt + horizon
    let before = sums[at]!
    let value = 0
    let discount = 1
    for (let t = 0; t < horizon; t++) {
      const weights = sums[weightAt + t]!
      value += discount * (sums[stateAt + t]! / before + sums[errorAt + t]! / weights)
      before = weights
      discount *= gamma
    }
    return value
  },
}
