/**
 * The doubly robust estimator for sequences (Jiang & Li, Doubly robust off-policy value evaluation, ICML 2016, eq. 10):
 *
 *     D_t = V(s_t) + rho_t (r_t + gamma D_{t+1} - Q(s_t, a_t)),  D_T = 0;   estimate = 1/n sum_i D_i0
 *
 * A model with what it gets wrong corrected by ratios: unbiased if the propensities are right, whatever the model, and
 * right if the model is, whatever the propensities. The better the model, the less variance. With one decision: DR of
 * Dudík, Langford & Li (2011). The one to judge by here; the values must come from other data (cross-fitting).
 */
import { meanEstimator } from './estimator.ts'
import { ratioAt } from './logged-trajectories.ts'

export const doublyRobust = meanEstimator(
  {
    name: 'doubly-robust',
    summary: 'a model of the values, corrected by weighed rewards where it was wrong',
    weighs: true,
    models: true,
    longest: Number.POSITIVE_INFINITY,
  },
  (trajectories, i) => {
    const { starts, reward, gamma, values } = trajectories
    const { logged, state } = values!
    let value = 0
    for (let d = starts[i + 1]! - 1; d >= starts[i]!; d--) {
      value = state[d]! + ratioAt(trajectories, d) * (reward[d]! + gamma * value - logged[d]!)
    }
    return value
  },
)
