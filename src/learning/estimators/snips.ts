/**
 * Self-normalised inverse propensity score, for single decisions (Swaminathan & Joachims, The self-normalized
 * estimator for counterfactual learning, NeurIPS 2015):
 *
 *     V = sum_i rho_i r_i / sum_i rho_i
 *
 * Consistent, slightly biased, and indifferent to a constant in the rewards. The workhorse for one decision (a bandit)
 * with overlap; it says nothing of what decisions lead to. `off-policy-value.ts` is the same for tables in training.
 */
import type { OffPolicyEstimator } from './estimator.ts'
import { weightedImportanceSampling } from './wis.ts'

export const selfNormalisedPropensityScore: OffPolicyEstimator = {
  ...weightedImportanceSampling,
  name: 'snips',
  summary: 'self-normalised inverse propensity score: single decisions, weights made to average 1',
  longest: 1,
}
