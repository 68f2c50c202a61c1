/** The temporal-difference target and its error: what all learners here share. */
import type { Transitions } from '../transitions.ts'
import type { ValueTable } from '../value-table.ts'

/**
 * r + gamma * max Q(s', a') over the legal actions of s'. Terminal transitions have no next candidates, so they
 * fall through to the reward alone.
 */
export function tdTarget(
  values: Float64Array,
  width: number,
  transitions: Transitions,
  row: number,
  gamma: number,
): number {
  const { state, starts, classes } = transitions.next
  const start = starts[row]!
  const end = starts[row + 1]!
  if (start === end || gamma === 0) return transitions.reward[row]!
  const base = state[row]! * width
  let best = values[base + classes[start]!]!
  for (let k = start + 1; k < end; k++) {
    const value = values[base + classes[k]!]!
    if (value > best) best = value
  }
  return transitions.reward[row]! + gamma * best
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
