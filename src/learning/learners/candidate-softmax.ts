/** The softmax of a table's values over the candidates of one decision. */
import type { Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'

/** Writes exp(Q - max Q) per candidate and returns their sum. */
export function softmaxWeights(
  values: Float64Array,
  base: number,
  classes: Int32Array,
  start: number,
  count: number,
  weights: Float64Array,
): number {
  const highest = highestValue(values, base, classes, start, count)
  let total = 0
  for (let c = 0; c < count; c++) {
    const weight = Math.exp(values[base + classes[start + c]!]! - highest)
    weights[c] = weight
    total += weight
  }
  return total
}

export function highestValue(
  values: Float64Array,
  base: number,
  classes: Int32Array,
  start: number,
  count: number,
): number {
  let highest = values[base + classes[start]!]!
  for (let c = 1; c < count; c++) {
    const value = values[base + classes[start + c]!]!
    if (value > highest) highest = value
  }
  return highest
}

/** Of any row; `starts` as in `EncodedStates`. */
export function mostCandidates(starts: Int32Array): number {
  let most = 0
  for (let i = 1; i < starts.length; i++) most = Math.max(most, starts[i]! - starts[i - 1]!)
  return most
}

/** Mean of log sum_b exp Q(s,b) - Q(s,a): cross-entropy to what the logger did, and the gap that CQL closes. */
export function meanSoftmaxLoss(table: ValueTable, transitions: Transitions, rows: Uint32Array): number {
  const { values, width } = table
  const { state, starts, classes } = transitions.current
  const weights = new Float64Array(mostCandidates(starts))
  let sum = 0
  for (const i of rows) {
    const base = state[i]! * width
    const start = starts[i]!
    const count = starts[i + 1]! - start
    const highest = highestValue(values, base, classes, start, count)
    const total = softmaxWeights(values, base, classes, start, count, weights)
    sum += highest + Math.log(total) - values[base + classes[start + transitions.chosen[i]!]!]!
  }
  return sum / rows.length
}
