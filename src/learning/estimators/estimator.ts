/**
 * The contract of an off-policy estimator: what the target would have earned per trajectory, from trajectories of
 * another policy.
 *
 * An estimator is a function of sums over trajectories. So a bootstrap resamples sums, not rows; and whatever is
 * estimated on one resample (other estimators, the logger's own value) can be compared with it.
 *
 * Notation in the heads of the estimators: n trajectories i; decisions t = 0 .. T_i - 1, H the longest T; rewards
 * r_it; rho_it = pi(a_it|s_it) / p(a_it|s_it); w_it = rho_i0 ... rho_it; G_i = sum_t gamma^t r_it; Q and V by a model.
 */
import type { Listed } from '../../core/index.ts'
import type { LoggedTrajectories } from './logged-trajectories.ts'

export interface OffPolicyEstimator extends Listed {
  /** It weighs by ratios: it needs the logger's propensities. */
  readonly weighs: boolean
  /** It asks a model: it needs `values`. */
  readonly models: boolean
  /** Exact only for trajectories of at most so many decisions. */
  readonly longest: number
  /** How many sums it keeps for trajectories of at most `horizon` decisions. */
  sums(horizon: number): number
  /** Adds what trajectory `i` contributes to the sums from `at` on. */
  add(trajectories: LoggedTrajectories, i: number, sums: Float64Array, at: number, horizon: number): void
  /** The estimate from the sums of any number of trajectories; NaN if they do not have one. */
  value(sums: Float64Array, at: number, horizon: number, gamma: number): number
}

/** An estimator that is a mean over trajectories: unbiased wherever the term of each is. */
export function meanEstimator(
  declaration: Omit<OffPolicyEstimator, 'sums' | 'add' | 'value'>,
  term: (trajectories: LoggedTrajectories, i: number) => number,
): OffPolicyEstimator {
  return {
    ...declaration,
    sums: () => 2,
    add: (trajectories, i, sums, at) => {
      sums[at]! += 1
      sums[at + 1]! += term(trajectories, i)
    },
    value: (sums, at) => sums[at + 1]! / sums[at]!,
  }
}

/** The estimate of one estimator from all trajectories, without an interval. */
export function estimateOnce(
  estimator: OffPolicyEstimator,
  trajectories: LoggedTrajectories,
  horizon: number,
): number {
  const sums = new Float64Array(estimator.sums(horizon))
  for (let i = 0; i + 1 < trajectories.starts.length; i++) estimator.add(trajectories, i, sums, 0, horizon)
  return estimator.value(sums, 0, horizon, trajectories.gamma)
}
