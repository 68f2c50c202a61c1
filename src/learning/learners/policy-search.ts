/**
 * Policy search in a queueing model that is fitted from the log: the cross-entropy method (Rubinstein & Kroese, The
 * Cross-Entropy Method, 2004; with noise as Szita & Lorincz, Neural Computation 18, 2006) on the weights of a linear
 * score per instance,
 *
 *     choose argmin_i w . phi(s, i),   w = argmin_w  mean over conditions of log(latency of w / latency of the prior)
 *                                                    + l2 |z(w) - z(prior)|^2
 *
 * phi stands in `../linear/linear-features.ts`, z in `linear-weights.ts`, the method in `../search/cross-entropy.ts`. From
 * the log come the requests of each service with the work that they were, the kind of queue that its instances are, and
 * when which of them was slow or failed (`../search/fit-station.ts`, `fit-trace.ts`). A candidate routes pieces of them
 * through the balancer's own router, as they were and under other loads, other numbers of instances and noise
 * (`conditions.ts`), and is compared with the prior on the very same requests. The prior is least outstanding requests, away
 * from instances that fail; it stays where nothing is shown to be better on the validation split, or anything is harmed.
 *
 * | hyper-parameter | default | source                                                                          |
 * |-----------------|---------|---------------------------------------------------------------------------------|
 * | population      | 20      | ours: twice the number of weights (Szita & Lorincz: 100 for 22 weights)          |
 * | eliteShare      | 0.25    | ours: 5 of 20 (Szita & Lorincz: 0.1 of 100)                                      |
 * | generations     | 10      | ours: after them, longer searches found nothing more on the shipped scenarios    |
 * | requests        | 3500    | ours, per rollout: with 2500 two searches of one log differed by a tenth          |
 * | sigma           | 0.8     | ours: about a doubling of a weight                                               |
 * | l2              | 0.001   | ours: a tenth of a percent of latency for a step of one                          |
 *
 * Deviations: the first generation compares known rules, and the method begins at the best of them; every generation is
 * judged on other pieces of the log. There is no discount: what a decision costs those behind it is in the rollout.
 */
import { LINEAR_CHOICE } from '../linear/logged-observations.ts'
import { PolicySearchTrainer } from '../search/policy-search-trainer.ts'
import type { Learner } from './learner.ts'

export const policySearch: Learner = {
  name: 'policy-search',
  summary: 'cross-entropy search for a linear score, in a queueing model fitted from the log',
  family: 'policy-search',
  hyperParameters: [
    {
      name: 'population',
      default: 20,
      min: 4,
      max: 1000,
      integer: true,
      summary: 'candidates of a generation',
    },
    {
      name: 'eliteShare',
      default: 0.25,
      min: 0.01,
      max: 0.9,
      integer: false,
      summary: 'share of the candidates that the next generation is drawn around',
    },
    {
      name: 'generations',
      default: 10,
      min: 1,
      max: 1000,
      integer: true,
      summary: 'of the search; one epoch each, and one more for weights that all services share',
    },
    {
      name: 'requests',
      default: 3500,
      min: 100,
      max: 1_000_000,
      integer: true,
      summary: 'of a rollout',
    },
    {
      name: 'sigma',
      default: 0.8,
      min: 0.01,
      max: 10,
      integer: false,
      summary: 'how wide the search begins',
    },
    {
      name: 'l2',
      default: 0.001,
      min: 0,
      max: 10,
      integer: false,
      summary: 'pull towards least outstanding, in logarithms of latency',
    },
  ],
  actions: ['instance'],
  features: { instance: LINEAR_CHOICE, strategy: LINEAR_CHOICE },
  begin: (task) => new PolicySearchTrainer(task),
}
