/**
 * Fitted Q iteration with a linear function (Ernst, Geurts & Wehenkel, Tree-based batch mode reinforcement learning,
 * JMLR 6, 2005, with a ridge regression in place of the trees; with gamma 0 it is that regression alone):
 *
 *     w_k = argmin_w  mean over the log of ( r + gamma max_{a'} w_{k-1} . phi(s',a') - w . phi(s,a) )^2 + lambda |w|^2
 *
 * phi(s, a) are standardised features and the products of those of the state and the services with those of the
 * candidate (`../linear-q/basis.ts`), or tiles over pairs of them. The weights are shared by all instances, so a model
 * serves any number of them; weights of a service are what it adds to those that all share.
 *
 * | hyper-parameter      | default | source                                                                          |
 * |----------------------|---------|---------------------------------------------------------------------------------|
 * | gamma                | 0       | ours, see below                                                                 |
 * | ridge                | 0.001   | ours: a thousandth of a standardised feature's own weight in the equations      |
 * | iterations, patience | 30, 5   | ours: 0.9^30 is 4 %                                                             |
 * | tilings              | 0       | ours: no tiles. With tiles, 8 is what Sutton & Barto 9.5.4 recommend for 2 dimensions |
 * | tiles                | 4       | ours                                                                            |
 *
 * Why gamma 0: a linear function cannot tell how the state got as it is, so what bootstrapping adds is nearly the same
 * for all candidates, and with an off-policy maximum the iteration may diverge (the "deadly triad", Sutton & Barto 11.3).
 * Iterations end when the values of the validation split change no more, or change more than before `patience` times:
 * the one that changed them least is kept. (TD errors of iterations do not compare: values grow, and errors with them.)
 *
 * Deviations: none random, so seeds change nothing. A strategy that the log never tries is never chosen.
 */
import { DEFAULT_ROW_FEATURES, DEFAULT_STRATEGY_ROW_FEATURES } from '../encoders/encoded-features.ts'
import { LinearQTrainer } from '../linear-q/linear-q-trainer.ts'
import type { Learner } from './learner.ts'

export const linearQ: Learner = {
  name: 'linear-q',
  summary: 'fitted Q iteration with a linear function of features, weights shared by all instances',
  family: 'linear',
  hyperParameters: [
    {
      name: 'gamma',
      default: 0,
      min: 0,
      max: 0.99,
      integer: false,
      summary: 'discount per decision of the service; 0 learns the reward of the decision alone (a bandit)',
    },
    {
      name: 'ridge',
      default: 0.001,
      min: 0,
      max: 1000,
      integer: false,
      summary: 'how strongly weights are held near zero',
    },
    {
      name: 'iterations',
      default: 30,
      min: 1,
      max: 10_000,
      integer: true,
      summary: 'of fitting values to targets, at most',
    },
    {
      name: 'patience',
      default: 5,
      min: 1,
      max: 10_000,
      integer: true,
      summary: 'stop after this many iterations that changed the values more than one before',
    },
    {
      name: 'tilings',
      default: 0,
      min: 0,
      max: 32,
      integer: true,
      summary: 'tilings of a tile coding; 0 takes the features as they are, with their products',
    },
    {
      name: 'tiles',
      default: 4,
      min: 2,
      max: 32,
      integer: true,
      summary: 'tiles along each feature of a tile coding',
    },
  ],
  actions: ['instance', 'strategy'],
  features: { instance: DEFAULT_ROW_FEATURES, strategy: DEFAULT_STRATEGY_ROW_FEATURES },
  begin: (task) => new LinearQTrainer(task),
}
