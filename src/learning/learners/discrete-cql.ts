/**
 * Discrete CQL: double DQN with the conservative penalty CQL(H) (Kumar, Zhou, Tucker & Levine, Conservative Q-learning for
 * offline reinforcement learning, NeurIPS 2020, arXiv 2006.04779), with the loss of d3rlpy's `DiscreteCQL`:
 *
 *     loss = mean [ Huber(Q(s,a) - y) + alpha ( log sum_b exp Q(s,b) - Q(s,a) ) ]
 *     y    = r + gamma Q'(s', argmax_b Q(s',b))
 *
 * so what the logger did is pushed up and everything else down, as much as it looks attractive. With alpha 0 it is `dqn`,
 * bit for bit. Rows, networks and target as there.
 *
 * | hyper-parameter | default | source                                                                           |
 * |-----------------|---------|----------------------------------------------------------------------------------|
 * | alpha           | 0.1     | ours, as in `cql`: a tenth of the rewards' spread; d3rlpy 1, for Atari 4         |
 * | double, dueling | 1, 0    | d3rlpy uses double targets, and no dueling                                       |
 * | the others      |         | `../networks/network-hyper-parameters.ts`                                        |
 *
 * Deviations: the softmax runs over the candidates of each decision, however many there are, instead of a fixed set.
 * Rewards come divided by their standard deviation, so alpha is in units of it: too large an alpha clones the logger.
 */
import { NETWORK_HYPER_PARAMETERS } from '../networks/network-hyper-parameters.ts'
import type { NetworkRule, Penalty } from '../networks/network-rule.ts'
import { softmax } from '../networks/softmax.ts'
import { TARGET_HYPER_PARAMETERS } from './dqn.ts'

export const discreteCql: NetworkRule = {
  name: 'discrete-cql',
  summary: 'a small network of conservative action values: distrusts actions that the log hardly shows',
  hyperParameters: [
    {
      name: 'alpha',
      default: 0.1,
      min: 0,
      max: 100,
      integer: false,
      summary: 'strength of the conservative term, in standard deviations of the reward; 0 is dqn',
    },
    ...TARGET_HYPER_PARAMETERS,
    ...NETWORK_HYPER_PARAMETERS,
  ],
  compose: ({ alpha, double, dueling }) => ({
    double: double === 1,
    dueling: dueling === 1,
    penalty: conservativePenalty(alpha!),
  }),
}

function conservativePenalty(alpha: number): Penalty {
  let probabilities = new Float64Array(1024)
  return (values, start, end, chosen, gradients, share) => {
    if (probabilities.length < values.length) probabilities = new Float64Array(values.length)
    const gap = softmax(values, start, end, probabilities) - values[chosen]!
    for (let a = start; a < end; a++) gradients[a]! += alpha * share * probabilities[a]!
    gradients[chosen]! -= alpha * share
    return alpha * gap
  }
}
