/** The temporal-difference target and its error: what all learners share that bootstrap from the best next action. */
import type { TabularRule } from '../tabular/tabular-rule.ts'
import type { Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'

/** max Q(s', a') over the legal actions of s'; 0 where nothing follows, which is what a process is worth that ended. */
export function bestNextValue(
  values: Float64Array,
  width: number,
  { next }: Transitions,
  row: number,
): number {
  const { state, starts, classes } = next
  const start = starts[row]!
  const end = starts[row + 1]!
  if (start === end) return 0
  const base = state[row]! * width
  let best = values[base + classes[start]!]!
  for (let k = start + 1; k < end; k++) {
    const value = values[base + classes[k]!]!
    if (value > best) best = value
  }
  return best
}

/** r + gamma * max Q(s', a') over the legal actions of s'. */
export function tdTarget(
  values: Float64Array,
  width: number,
  transitions: Transitions,
  row: number,
  gamma: number,
): number {
  const reward = transitions.reward[row]!
  return gamma === 0 ? reward : reward + gamma * bestNextValue(values, width, transitions, row)
}

/** Mean squared TD error of the given rows, without an update; NaN if there are none. */
export function meanSquaredTdError(
  table: ValueTable,
  transitions: Transitions,
  rows: Uint32Array,
  gamma: number,
): number {
  const { values, width } = table
  const { state, starts, classes } = transitions.current
  let squares = 0
  for (const i of rows) {
    const pair = state[i]! * width + classes[starts[i]! + transitions.chosen[i]!]!
    const tdError = tdTarget(values, width, transitions, i, gamma) - values[pair]!
    squares += tdError * tdError
  }
  return squares / rows.length
}

/** Of rules that minimise half the squared TD error. */
export const squaredTdError: Pick<TabularRule, 'loss' | 'objective'> = {
  loss: (table, transitions, rows, { gamma }) => meanSquaredTdError(table, transitions, rows, gamma!),
  objective: (table, transitions, rows, { gamma }) =>
    meanSquaredTdError(table, transitions, rows, gamma!) / 2,
}
