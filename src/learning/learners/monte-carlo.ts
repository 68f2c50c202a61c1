/**
 * Every-visit Monte Carlo: the value of a pair is the mean of what the logger got after it (Sutton & Barto,
 * Reinforcement Learning, 2e, 2018, section 5.1; Singh & Sutton, Replacing eligibility traces, 1996):
 *
 *     G_t = r_t + gamma * G_{t+1},   Q(s,a) = mean of G_t over the decisions of class a in state s
 *
 * It values the logger and improves on it once: the model is greedy in values of a policy that is not. Nothing is
 * bootstrapped from a maximum, so nothing is overrated by one; the price is the noise of whole returns.
 *
 * Where the log has a gap or the run was cut, G ends with gamma * V(s'), V(s') being the mean of what was got in s'
 * elsewhere: of the table's own values, weighted by how often the logger chose each, from the epoch before. (To leave
 * such returns out would leave nothing: a balancer never ends, so every trajectory is cut somewhere.) Epochs go on until
 * that has settled; each makes what is not known gamma to the length of a trajectory times smaller.
 *
 * | hyper-parameter  | default | source          |
 * |------------------|---------|-----------------|
 * | gamma            | 0.5     | as `q-learning` |
 * | epochs, patience | 50, 5   | ours            |
 * | initialValue     | data    | as `q-learning` |
 *
 * Deviations from the book: the bootstrap at cuts; no step sizes, the mean is exact.
 */
import { type TabularRule, withoutMemory } from '../tabular/tabular-rule.ts'
import { trajectoriesOf } from '../tabular/trajectories.ts'
import { chosenPairs, type Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import { hyperParametersBut } from './shared-hyper-parameters.ts'

export const monteCarlo: TabularRule = {
  name: 'monte-carlo',
  summary: 'the mean of what followed each choice in the log; values what the logger does',
  hyperParameters: hyperParametersBut('learningRateDecay', 'minLearningRate'),
  prepare: (table, transitions, { gamma }) =>
    withoutMemory((order) => sweep(table, transitions, order, gamma!)),
  loss: (table, transitions, rows, { gamma }) => meanSquaredError(table, transitions, rows, gamma!),
  objective: (table, transitions, rows, { gamma }) => meanSquaredError(table, transitions, rows, gamma!) / 2,
}

function sweep(table: ValueTable, transitions: Transitions, order: Uint32Array, gamma: number): number {
  const { values, updates } = table
  const pairs = chosenPairs(transitions, table.width)
  const returns = returnsOf(table, transitions, order, gamma)
  const sums = new Float64Array(values.length)
  const counts = new Uint32Array(values.length)
  let squares = 0
  for (const i of order) {
    const pair = pairs[i]!
    squares += (returns[i]! - values[pair]!) ** 2
    sums[pair]! += returns[i]!
    counts[pair]!++
  }
  for (let pair = 0; pair < values.length; pair++) {
    if (counts[pair] === 0) continue
    values[pair] = sums[pair]! / counts[pair]!
    updates[pair] = counts[pair]!
  }
  return squares
}

/** By row: the discounted sum of what followed; NaN for rows that are not given. */
function returnsOf(
  table: ValueTable,
  transitions: Transitions,
  given: Uint32Array,
  gamma: number,
): Float64Array {
  const { reward, hasNext, next, following } = transitions
  const returns = new Float64Array(transitions.count).fill(Number.NaN)
  const { rows, starts } = trajectoriesOf(following, given)
  for (let t = 0; t + 1 < starts.length; t++) {
    const last = rows[starts[t + 1]! - 1]!
    let after = hasNext[last] === 1 && gamma > 0 ? loggersValue(table, next.state[last]!) : 0
    for (let k = starts[t + 1]! - 1; k >= starts[t]!; k--) {
      after = reward[rows[k]!]! + gamma * after
      returns[rows[k]!] = after
    }
  }
  return returns
}

/** What the logger gets from a state on: values weighted by how often it chose each. */
function loggersValue({ values, updates, width }: ValueTable, state: number): number {
  let sum = 0
  let count = 0
  for (let pair = state * width; pair < (state + 1) * width; pair++) {
    sum += values[pair]! * updates[pair]!
    count += updates[pair]!
  }
  return count > 0 ? sum / count : values[state * width]!
}

function meanSquaredError(
  table: ValueTable,
  transitions: Transitions,
  rows: Uint32Array,
  gamma: number,
): number {
  const pairs = chosenPairs(transitions, table.width)
  const returns = returnsOf(table, transitions, rows, gamma)
  let squares = 0
  for (const i of rows) squares += (returns[i]! - table.values[pairs[i]!]!) ** 2
  return squares / rows.length
}
