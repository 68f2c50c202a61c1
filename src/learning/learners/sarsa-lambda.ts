/**
 * SARSA(lambda) over logged trajectories (Rummery & Niranjan, 1994; Sutton & Barto, Reinforcement Learning, 2e, 2018,
 * sections 12.2 and 12.7). Decisions are taken in their order of time, and each TD error is passed back to the pairs
 * before it, by how lately they were visited:
 *
 *     td = r + gamma * Q(s',a') - Q(s,a),   a' what the logger chose next
 *     z  = gamma * lambda * z for every pair, then for (s,a):
 *        traces 0, accumulating:  z(s,a) += 1
 *        traces 1, replacing:     z(s,a) = 1, and 0 for the other classes of s   (Singh & Sutton, 1996)
 *        traces 2, true online:   z(s,a) += 1 - lr * z(s,a)     (dutch; van Seijen et al., JMLR 17, 2016)
 *     Q += lr * td * z;   true online adds  lr * (Q(s,a) - Qold) * (z - e(s,a)),  Qold being Q(s',a') of the step before
 *
 * lambda = 0 is SARSA, where true online and accumulating are the same but for rounding.
 *
 * **It values the logger**, whose choices it bootstraps from, and the model improves on that once, by being greedy. It
 * does not find what a better policy would make of later decisions; `q-learning` does.
 *
 * | hyper-parameter | default | source                                                          |
 * |-----------------|---------|-----------------------------------------------------------------|
 * | lambda          | 0.8     | Sutton & Barto, figure 12.8: best on the random walk            |
 * | traces          | 2       | the same: true online is best, and safe at large steps          |
 * | the others      |         | as `q-learning`                                                 |
 *
 * Deviations from the book: step sizes fall per pair, so each visit puts its own into the trace (as time-dependent step
 * sizes do in van Seijen et al.); traces fade out at 1e-9; a trajectory ends where the log has a gap or was cut, and
 * there the last decision, of which it is not known what the logger chose next, is not learned from.
 */
import type { PreparedRule, TabularRule } from '../tabular/tabular-rule.ts'
import { trajectoriesOf } from '../tabular/trajectories.ts'
import { chosenPairs, type Transitions, usableRows } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import { EligibilityTraces } from './eligibility-traces.ts'
import type { HyperParameters } from './hyper-parameter.ts'
import { SHARED_HYPER_PARAMETERS } from './shared-hyper-parameters.ts'

const TRUE_ONLINE = 2

export const sarsaLambda: TabularRule = {
  name: 'sarsa-lambda',
  summary: 'passes each surprise back along the logged trajectory; values what the logger does',
  hyperParameters: [
    {
      name: 'lambda',
      default: 0.8,
      min: 0,
      max: 1,
      integer: false,
      summary: 'how much of a surprise reaches the decision before; 0 is SARSA',
    },
    {
      name: 'traces',
      default: TRUE_ONLINE,
      min: 0,
      max: TRUE_ONLINE,
      integer: true,
      summary: '0 accumulating, 1 replacing, 2 true online',
    },
    ...SHARED_HYPER_PARAMETERS,
  ],
  usable: (transitions, gamma) => {
    const { following, terminal } = transitions
    const rows = usableRows(transitions, gamma)
    return gamma === 0 ? rows : rows.filter((i) => following[i]! >= 0 || terminal[i] === 1)
  },
  prepare,
  loss: meanSquaredError,
  objective: (...given) => meanSquaredError(...given) / 2,
}

function prepare(table: ValueTable, transitions: Transitions, settings: HyperParameters): PreparedRule {
  const pairs = chosenPairs(transitions, table.width)
  const traces = new EligibilityTraces(table)
  const sweep = (order: Uint32Array) => {
    const { rows, starts } = trajectoriesOf(transitions.following, order)
    let squares = 0
    for (let t = 0; t + 1 < starts.length; t++) {
      traces.clear()
      squares += follow(table, transitions, pairs, rows.subarray(starts[t], starts[t + 1]), traces, settings)
    }
    return squares
  }
  return { sweep, memory: {} }
}

/** Learns from one trajectory; returns the sum of its squared TD errors. */
function follow(
  { values, updates, rates }: ValueTable,
  transitions: Transitions,
  pairs: Int32Array,
  rows: Uint32Array,
  traces: EligibilityTraces,
  settings: HyperParameters,
): number {
  const gamma = settings.gamma!
  const fading = gamma * settings.lambda!
  const lastRate = rates.length - 1
  let squares = 0
  /** What the pair was worth when the step before looked at it. */
  let before = 0
  for (const row of rows) {
    const pair = pairs[row]!
    const value = values[pair]!
    const next = nextValue(values, transitions, pairs, row, gamma)
    const tdError = transitions.reward[row]! + gamma * next - value
    squares += tdError * tdError
    const count = ++updates[pair]!
    const rate = rates[count < lastRate ? count : lastRate]!
    if (settings.traces === TRUE_ONLINE) {
      traces.visitDutch(pair, rate, fading)
      traces.apply(tdError + value - before)
      values[pair]! -= rate * (value - before)
    } else {
      traces.visit(pair, rate, fading, settings.traces === 1)
      traces.apply(tdError)
    }
    before = next
  }
  return squares
}

/** Q(s',a'), a' what the logger chose next; 0 where the process ended. */
function nextValue(
  values: Float64Array,
  { following }: Transitions,
  pairs: Int32Array,
  row: number,
  gamma: number,
): number {
  const next = following[row]!
  return gamma === 0 || next < 0 ? 0 : values[pairs[next]!]!
}

function meanSquaredError(
  { values, width }: ValueTable,
  transitions: Transitions,
  rows: Uint32Array,
  { gamma }: HyperParameters,
): number {
  const pairs = chosenPairs(transitions, width)
  let squares = 0
  for (const i of rows) {
    const target = transitions.reward[i]! + gamma! * nextValue(values, transitions, pairs, i, gamma!)
    squares += (target - values[pairs[i]!]!) ** 2
  }
  return squares / rows.length
}
