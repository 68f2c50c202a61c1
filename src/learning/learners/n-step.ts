/**
 * n-step Q-learning over a fixed log (Sutton & Barto, Reinforcement Learning, 2e, 2018, chapter 7; uncorrected in the way
 * of Hessel et al., Rainbow, AAAI 2018): rewards of n decisions in a row are taken from the log, and only then the table
 * is asked,
 *
 *     y = sum_{k<n} gamma^k r_{t+k} + gamma^n * max_{a'} Q(s_{t+n}, a');   Q(s,a) += lr * (y - Q(s,a))
 *
 * The sum ends where the process did, and sooner than n where the log has a gap or was cut: there the table is asked
 * for the state that the last decision is known to have led to. n = 1 is `q-learning`, bit for bit.
 *
 * **It is biased off policy**: rewards of later steps are those of the logger's choices, not of the greedy policy. The
 * more the logger explores, the worse; with n above 1 on logs of random routing set `correction` to 1. That is Retrace
 * (Munos, Stepleton, Harutyunyan & Bellemare, Safe and efficient off-policy reinforcement learning, NeurIPS 2016, lambda 1),
 * cut after n steps: with pi greedy in the table and p what the log says of the logger,
 *
 *     y - Q(s,a) = sum_{k<n} gamma^k (c_1 ... c_k) delta_{t+k},   c_j = min(1, pi(a_j|s_j) / p(a_j|s_j)),
 *     delta_j = r_j + gamma * max Q(s_{j+1}, .) - Q(s_j, a_j)
 *
 * so a return is followed only as long as the logger did what the model would. A propensity that is not known ends it.
 *
 * | hyper-parameter | default | source                                                             |
 * |-----------------|---------|--------------------------------------------------------------------|
 * | n               | 3       | Rainbow                                                            |
 * | correction      | 1       | ours: logs that one can learn from explore, so the bias is not small |
 * | the others      |         | as `q-learning`                                                    |
 */
import { type TabularRule, withoutMemory } from '../tabular/tabular-rule.ts'
import { chosenPairs, type Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import type { HyperParameters } from './hyper-parameter.ts'
import { SHARED_HYPER_PARAMETERS } from './shared-hyper-parameters.ts'
import { bestNextValue } from './td-error.ts'

export const nStep: TabularRule = {
  name: 'n-step',
  summary: 'Q-learning that looks n logged decisions ahead before it asks the table',
  hyperParameters: [
    {
      name: 'n',
      default: 3,
      min: 1,
      max: 1000,
      integer: true,
      summary: 'logged rewards before the table is asked; 1 is Q-learning',
    },
    {
      name: 'correction',
      default: 1,
      min: 0,
      max: 1,
      integer: true,
      summary: '1 follows the log only as far as the model would have done the same (Retrace); 0 all n steps',
    },
    ...SHARED_HYPER_PARAMETERS,
  ],
  prepare: (table, transitions, settings) => {
    const errorOf = errorFunction(table, transitions, settings)
    return withoutMemory((order) => sweep(table, errorOf, order))
  },
  loss: meanSquaredError,
  objective: (...given) => meanSquaredError(...given) / 2,
}

/** y - Q(s,a) of a row. */
type ErrorOf = (row: number, pair: number) => number

interface RowErrors {
  readonly pairs: Int32Array
  readonly of: ErrorOf
}

function errorFunction(table: ValueTable, transitions: Transitions, settings: HyperParameters): RowErrors {
  const gamma = settings.gamma!
  const n = gamma === 0 ? 1 : settings.n!
  const pairs = chosenPairs(transitions, table.width)
  // Without a step to correct the two are the same sum; the plain one makes the bits of Q-learning.
  const of: ErrorOf =
    settings.correction === 1 && n > 1
      ? (row) => retraceError(table, transitions, pairs, row, gamma, n)
      : (row, pair) => plainTarget(table, transitions, row, gamma, n) - table.values[pair]!
  return { pairs, of }
}

function sweep({ values, updates, rates }: ValueTable, errors: RowErrors, order: Uint32Array): number {
  const lastRate = rates.length - 1
  let squares = 0
  for (let k = 0; k < order.length; k++) {
    const pair = errors.pairs[order[k]!]!
    const error = errors.of(order[k]!, pair)
    squares += error * error
    const count = ++updates[pair]!
    values[pair]! += rates[count < lastRate ? count : lastRate]! * error
  }
  return squares
}

function plainTarget(
  { values, width }: ValueTable,
  transitions: Transitions,
  first: number,
  gamma: number,
  n: number,
): number {
  let row = first
  let target = transitions.reward[row]!
  let discount = gamma
  for (let k = 1; k < n; k++) {
    const next = nextRow(transitions, row)
    if (next < 0) break
    row = next
    target += discount * transitions.reward[row]!
    discount *= gamma
  }
  return gamma === 0 ? target : target + discount * bestNextValue(values, width, transitions, row)
}

function retraceError(
  { values, width }: ValueTable,
  transitions: Transitions,
  pairs: Int32Array,
  first: number,
  gamma: number,
  n: number,
): number {
  const { reward } = transitions
  let row = first
  let error = reward[row]! + gamma * bestNextValue(values, width, transitions, row) - values[pairs[row]!]!
  let weight = 1
  for (let k = 1; k < n; k++) {
    row = nextRow(transitions, row)
    if (row < 0) break
    weight *= gamma * clippedRatio(values, width, transitions, row)
    if (weight === 0) break
    error +=
      weight * (reward[row]! + gamma * bestNextValue(values, width, transitions, row) - values[pairs[row]!]!)
  }
  return error
}

/** Row of the next decision, if it is known what that one led to; else -1. */
function nextRow({ following, hasNext, terminal }: Transitions, row: number): number {
  const next = following[row]!
  return next >= 0 && (hasNext[next] === 1 || terminal[next] === 1) ? next : -1
}

/** min(1, pi/p), pi greedy in the table with ties shared; 0 where p is not known. */
function clippedRatio(values: Float64Array, width: number, transitions: Transitions, row: number): number {
  const { state, starts, classes } = transitions.current
  const propensity = transitions.propensity[row]!
  if (Number.isNaN(propensity)) return 0
  const base = state[row]! * width
  const start = starts[row]!
  const own = values[base + classes[start + transitions.chosen[row]!]!]!
  let ties = 0
  for (let k = start; k < starts[row + 1]!; k++) {
    const value = values[base + classes[k]!]!
    if (value > own) return 0
    if (value === own) ties++
  }
  return Math.min(1, 1 / (ties * propensity))
}

function meanSquaredError(
  table: ValueTable,
  transitions: Transitions,
  rows: Uint32Array,
  settings: HyperParameters,
): number {
  const { pairs, of } = errorFunction(table, transitions, settings)
  let squares = 0
  for (const i of rows) squares += of(i, pairs[i]!) ** 2
  return squares / rows.length
}
