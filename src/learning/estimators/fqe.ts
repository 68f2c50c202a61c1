/**
 * Fitted Q evaluation (Le, Voloshin & Yue, Batch policy learning under constraints, ICML 2019), with a table: exact
 * evaluation of the target on the empirical decision process (`../evaluation/tabular-values.ts`).
 *
 *     Q_1(s,a) = mean r;   Q_k(s,a) = mean [ r + gamma sum_b pi(b|s') Q_{k-1}(s',b) ];   V = 1/n sum_i sum_b pi(b|s_i0) Q_H(s_i0,b)
 *
 * Needs no propensities, and its variance does not grow with products of ratios: the one to look at first for longer
 * horizons (Voloshin, Le, Jiang & Yue, Empirical study of off-policy policy evaluation, 2019). The bias is that of the
 * model, as with `direct-method`.
 */
import { meanEstimator } from './estimator.ts'

export const fittedQEvaluation = meanEstimator(
  {
    name: 'fqe',
    summary: 'fitted Q evaluation: a model of what decisions lead to, asked for the first states',
    weighs: false,
    models: true,
    longest: Number.POSITIVE_INFINITY,
  },
  ({ starts, values }, i) => values!.state[starts[i]!]!,
)
