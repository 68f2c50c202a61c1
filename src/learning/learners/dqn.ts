/**
 * Deep Q-learning over a fixed log (Mnih et al., Human-level control through deep reinforcement learning, Nature 518, 2015),
 * by default with double targets (van Hasselt, Guez & Silver, Deep reinforcement learning with double Q-learning, AAAI
 * 2016), on request with a dueling head (Wang et al., ICML 2016):
 *
 *     loss = mean Huber(Q(s,a) - y),   y = r + gamma Q'(s', argmax_b Q(s',b))      double=1
 *                                      y = r + gamma max_b Q'(s',b)                double=0
 *     Q(s,a) = V(s) + A(s,a) - mean_b A(s,b)                                       dueling=1
 *
 * s is one row of standardised features per candidate, [features of state and candidate]; Q gives one number per row with
 * weights that all instances share, so a model serves any number of them. Among strategies s is one row, and Q gives one
 * number per strategy. Q' is a copy of Q that is renewed every `targetUpdate` steps.
 *
 * | hyper-parameter | default | source                                                                           |
 * |-----------------|---------|----------------------------------------------------------------------------------|
 * | double          | 1       | van Hasselt et al. 2016                                                          |
 * | dueling         | 0       | ours: the plainer one; what dueling gains on logs of routing was not measured    |
 * | the others      |         | `../networks/network-hyper-parameters.ts`                                        |
 *
 * Deviations: the log is all experience there is (no exploration, no replay buffer that grows); Adam instead of RMSProp.
 * Of dueling, see `../networks/action-head.ts`; its gradients into the shared layers are divided by sqrt(2), as there.
 * Nothing keeps it from believing in what the log does not show: see `discrete-cql`, `discrete-bcq`.
 */
import { NETWORK_HYPER_PARAMETERS } from '../networks/network-hyper-parameters.ts'
import type { NetworkRule } from '../networks/network-rule.ts'
import type { HyperParameter } from './hyper-parameter.ts'

/** How targets and values are made: what all learners of networks have. */
export const TARGET_HYPER_PARAMETERS: readonly HyperParameter[] = [
  {
    name: 'double',
    default: 1,
    min: 0,
    max: 1,
    integer: true,
    summary: '1: the next action is chosen by the network that learns, and valued by the target network',
  },
  {
    name: 'dueling',
    default: 0,
    min: 0,
    max: 1,
    integer: true,
    summary: '1: values are the sum of a value of the state and an advantage of the action',
  },
]

export const dqn: NetworkRule = {
  name: 'dqn',
  summary:
    'a small network of action values (double DQN); no guard against actions that the log hardly shows',
  hyperParameters: [...TARGET_HYPER_PARAMETERS, ...NETWORK_HYPER_PARAMETERS],
  compose: ({ double, dueling }) => ({ double: double === 1, dueling: dueling === 1 }),
}
