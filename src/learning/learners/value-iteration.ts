/**
 * Value iteration on the MDP that the log shows (Bellman, 1957; Sutton & Barto, Reinforcement Learning, 2e, 2018, section
 * 4.4; as certainty equivalence: Kumar & Varaiya, 1986): what was counted is taken for what is,
 *
 *     Q(s,a) = mean r(s,a) + gamma * sum_{(s',M)} share of (s',M) after (s,a) * max_{a' in M} Q(s',a')
 *
 * sweep after sweep, each from the values of the one before, until none changes by more than `tolerance`. What follows a pair is a state *with* the classes that
 * were legal there (M), so a maximum never runs over an instance that was not to be had. One epoch is the whole
 * training: no step sizes, no order, no randomness, nothing to stop early.
 *
 * | hyper-parameter | default | source                                                               |
 * |-----------------|---------|----------------------------------------------------------------------|
 * | gamma           | 0.5     | as `q-learning`                                                      |
 * | tolerance       | 1e-9    | ours; in standard deviations of the reward                           |
 * | mostSweeps      | 10,000  | ours: gamma 0.99 needs 2,000 for the tolerance                       |
 * | initialValue    | data    | as `q-learning`: what a pair is worth that the log does not show     |
 *
 * Deviations from the textbook: the model is estimated, and as sure of a pair seen once as of one seen a thousand times:
 * what was lucky once is believed. With much data it is the best table that there is, and the yardstick of the others.
 */
import { EmpiricalModel } from '../tabular/empirical-model.ts'
import { type TabularRule, withoutMemory } from '../tabular/tabular-rule.ts'
import { usableRows } from '../tabular/transitions.ts'
import { hyperParametersBut } from './shared-hyper-parameters.ts'
import { meanSquaredTdError, squaredTdError } from './td-error.ts'

export const valueIteration: TabularRule = {
  name: 'value-iteration',
  summary: 'plans in the model that the log shows, exactly; believes what it saw once',
  hyperParameters: [
    ...hyperParametersBut('learningRateDecay', 'minLearningRate', 'epochs', 'patience'),
    {
      name: 'tolerance',
      default: 1e-9,
      min: 1e-15,
      max: 1,
      integer: false,
      summary: 'values have settled when none changes by more, in standard deviations of the reward',
    },
    {
      name: 'mostSweeps',
      default: 10_000,
      min: 1,
      max: 1_000_000,
      integer: true,
      summary: 'stop after this many sweeps even if values have not settled',
    },
  ],
  prepare: (table, transitions, { gamma, tolerance, mostSweeps }) => {
    const model = new EmpiricalModel(transitions, usableRows(transitions, gamma!), table)
    return withoutMemory((order) => {
      const losses = meanSquaredTdError(table, transitions, order, gamma!) * order.length
      let change = Number.POSITIVE_INFINITY
      for (let sweep = 0; sweep < mostSweeps! && change > tolerance!; sweep++) {
        change = model.backUp(table.values, gamma!)
      }
      return losses
    })
  },
  ...squaredTdError,
}
