/**
 * Discrete BCQ: double DQN that looks only at actions which the logger might have taken (Fujimoto, Conti, Ghavamzadeh &
 * Pineau, Benchmarking batch deep reinforcement learning algorithms, 2019, arXiv 1910.01708):
 *
 *     pi(s)  = argmax over { b : G(b|s) / max_c G(c|s) >= threshold } of Q(s,b)
 *     loss   = mean Huber(Q(s,a) - y),   y = r + gamma Q'(s', pi(s'))
 *
 * G is a network of its own that imitates the logger (`../networks/imitation.ts`). The model keeps it: what it never saw
 * the logger do, it does not do. With a logger that chooses uniformly nothing is barred, and with threshold 0 it is `dqn`.
 *
 * | hyper-parameter | default | source                                                                           |
 * |-----------------|---------|----------------------------------------------------------------------------------|
 * | threshold       | 0.3     | Fujimoto et al. 2019                                                             |
 * | double, dueling | 1, 0    | as there                                                                         |
 * | the others      |         | `../networks/network-hyper-parameters.ts`                                        |
 *
 * Deviations: Q and G share no layers (their code for low-dimensional states does not either); G is the softmax over the
 * candidates of each decision, however many there are.
 */
import { NETWORK_HYPER_PARAMETERS } from '../networks/network-hyper-parameters.ts'
import type { NetworkRule } from '../networks/network-rule.ts'
import { TARGET_HYPER_PARAMETERS } from './dqn.ts'

export const discreteBcq: NetworkRule = {
  name: 'discrete-bcq',
  summary: 'a small network of action values that takes no action the logger would hardly have taken',
  hyperParameters: [
    {
      name: 'threshold',
      default: 0.3,
      min: 0,
      max: 1,
      integer: false,
      summary: 'actions less probable than this share of the most probable one are barred; 0 is dqn',
    },
    ...TARGET_HYPER_PARAMETERS,
    ...NETWORK_HYPER_PARAMETERS,
  ],
  compose: ({ threshold, double, dueling }) => ({
    double: double === 1,
    dueling: dueling === 1,
    imitationThreshold: threshold!,
  }),
}
