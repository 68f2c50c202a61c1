/**
 * The direct method (Dudík, Langford & Li, Doubly robust policy evaluation and learning, ICML 2011): what a model of
 * the rewards says of the target's choices, in the states that the log shows:
 *
 *     V = 1/n sum_i sum_t gamma^t sum_b pi(b|s_it) r(s_it, b)
 *
 * Needs no propensities and has little variance. Its bias is that of the model, and no interval shows it: where the
 * model cannot tell states apart that differ, or has not seen a choice, it is wrong with great confidence. With more
 * than one decision it also takes the states to be those of the logger; `fqe` does not.
 */
import { meanEstimator } from './estimator.ts'

export const directMethod = meanEstimator(
  {
    name: 'direct-method',
    summary: 'a model of the rewards asked for the choices of the target, in the logged states',
    weighs: false,
    models: true,
    longest: Number.POSITIVE_INFINITY,
  },
  ({ starts, values, gamma }, i) => {
    let sum = 0
    for (let d = starts[i + 1]! - 1; d >= starts[i]!; d--) sum = values!.reward[d]! + gamma * sum
    return sum
  },
)
