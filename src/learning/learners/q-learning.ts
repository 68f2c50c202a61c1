/**
 * Tabular Q-learning over a fixed log (Watkins & Dayan, Q-learning, Machine Learning 8, 1992):
 *
 *     Q(s,a) += lr * (r + gamma * max_{a' legal in s'} Q(s',a') - Q(s,a))
 *
 * a is the class of the chosen instance; the maximum runs over the classes of the eligible instances of s'. Where
 * the process ended (`done`) nothing is bootstrapped; where the run was cut (`truncated`) the last state is.
 *
 * | hyper-parameter   | default | source                                                                      |
 * |-------------------|---------|-----------------------------------------------------------------------------|
 * | gamma             | 0.5     | ours, see below                                                             |
 * | learningRateDecay | 0.8     | Even-Dar & Mansour, JMLR 5, 2003: between 1/2 and 1, not 1                  |
 * | minLearningRate   | 0.001   | ours: keeps late epochs from freezing; averages about the last 2000 updates |
 * | epochs, patience  | 50, 5   | ours                                                                        |
 * | initialValue      | data    | ours: lowest possible return, so that what was not tried looks no better    |
 *
 * Why gamma 0.5: a job weighs on the decisions made while it waits, which are as many as the service holds jobs
 * (Little's law), so a few. The next state hardly depends on one decision, though, so what bootstrapping adds is
 * mostly noise that all actions share. On simulated queues of three unequal speeds (three logs of 40,000 decisions,
 * reward = latency) 0, 0.5 and 0.8 could not be told apart, and 0.9 let a queue run away with one of the logs: 0.5
 * rests on the argument, and only "below 0.9" on measurement.
 *
 * Deviations from the paper: the log is replayed in a seeded random order instead of being experienced; values are
 * shared by all instances of a class; steps do not fall below a floor, so values keep a small jitter. Rewards come
 * divided by their standard deviation, which changes no choice. Nothing keeps the policy near the logger: rarely
 * tried classes with lucky rewards are overrated (see `cql`).
 */
import { type TabularRule, withoutMemory } from '../tabular/tabular-rule.ts'
import { chosenPairs, type Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import { SHARED_HYPER_PARAMETERS } from './shared-hyper-parameters.ts'
import { squaredTdError, tdTarget } from './td-error.ts'

export const qLearning: TabularRule = {
  name: 'q-learning',
  summary: 'tabular Q-learning over the log; no guard against actions that the log hardly shows',
  hyperParameters: SHARED_HYPER_PARAMETERS,
  prepare: (table, transitions, { gamma }) => {
    const pairs = chosenPairs(transitions, table.width)
    return withoutMemory((order) => sweep(table, transitions, pairs, order, gamma!))
  },
  ...squaredTdError,
}

function sweep(
  { values, updates, rates, width }: ValueTable,
  transitions: Transitions,
  pairs: Int32Array,
  order: Uint32Array,
  gamma: number,
): number {
  const lastRate = rates.length - 1
  let squares = 0
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    const pair = pairs[i]!
    const tdError = tdTarget(values, width, transitions, i, gamma) - values[pair]!
    squares += tdError * tdError
    const n = ++updates[pair]!
    values[pair]! += rates[n < lastRate ? n : lastRate]! * tdError
  }
  return squares
}
