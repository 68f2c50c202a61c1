/**
 * Importance sampling (Horvitz & Thompson, JASA 47, 1952; for trajectories Precup, Sutton & Singh, ICML 2000):
 *
 *     V = 1/n sum_i w_{i,T-1} G_i
 *
 * Unbiased wherever the logger may do all that the target does. Trust it for one or two decisions with good overlap:
 * its variance grows with the product of the ratios, exponentially in the horizon. With one decision: IPS.
 */
import { meanEstimator } from './estimator.ts'
import { returnOf, weightOf } from './logged-trajectories.ts'

export const importanceSampling = meanEstimator(
  {
    name: 'is',
    summary: 'importance sampling: whole returns, weighed by the product of all ratios',
    weighs: true,
    models: false,
    longest: Number.POSITIVE_INFINITY,
  },
  (trajectories, i) => weightOf(trajectories, i) * returnOf(trajectories, i),
)
