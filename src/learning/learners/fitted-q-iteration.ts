/**
 * Fitted Q iteration (Ernst, Geurts & Wehenkel, Tree-based batch mode reinforcement learning, JMLR 6, 2005), with a table
 * as the regression: every epoch takes all targets from the values of the epoch before,
 *
 *     y_i = r_i + gamma * max_{a' legal in s'_i} Q_{k-1}(s'_i, a'),
 *
 * and fits Q_k to them by least squares, which for a table is the mean of y_i over the decisions of each pair. A table is
 * an averager, so this converges (Gordon, Stable function approximation in dynamic programming, ICML 1995), to the
 * values of the MDP that the log shows: those of `value-iteration`, of which epoch k is the k-th sweep. No step sizes,
 * no order, no randomness: where `q-learning` jitters, this stands still.
 *
 * | hyper-parameter  | default | source                                             |
 * |------------------|---------|----------------------------------------------------|
 * | gamma            | 0.5     | as `q-learning`                                    |
 * | epochs, patience | 50, 5   | ours; 50 iterations leave gamma^50 of the start    |
 * | initialValue     | data    | as `q-learning`; the paper starts from 0           |
 *
 * Deviations from the paper: a table instead of trees; it may stop early on the validation split.
 */
import { type TabularRule, withoutMemory } from '../tabular/tabular-rule.ts'
import { chosenPairs, type Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import { hyperParametersBut } from './shared-hyper-parameters.ts'
import { squaredTdError, tdTarget } from './td-error.ts'

export const fittedQIteration: TabularRule = {
  name: 'fitted-q-iteration',
  summary: 'fits the table to all targets at once, again and again; no step sizes',
  hyperParameters: hyperParametersBut('learningRateDecay', 'minLearningRate'),
  prepare: (table, transitions, { gamma }) => {
    const pairs = chosenPairs(transitions, table.width)
    return withoutMemory((order) => sweep(table, transitions, pairs, order, gamma!))
  },
  ...squaredTdError,
}

function sweep(
  { values, updates, width }: ValueTable,
  transitions: Transitions,
  pairs: Int32Array,
  order: Uint32Array,
  gamma: number,
): number {
  const sums = new Float64Array(values.length)
  const counts = new Uint32Array(values.length)
  let squares = 0
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    const pair = pairs[i]!
    const target = tdTarget(values, width, transitions, i, gamma)
    squares += (target - values[pair]!) ** 2
    sums[pair]! += target
    counts[pair]!++
  }
  for (let pair = 0; pair < values.length; pair++) {
    if (counts[pair] === 0) continue
    values[pair] = sums[pair]! / counts[pair]!
    updates[pair]! += counts[pair]!
  }
  return squares
}
