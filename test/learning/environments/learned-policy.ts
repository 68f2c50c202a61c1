/** What a table that was learned from a decision problem says about it. */
import type { ValueTable } from '../../../src/learning/tabular/value-table.ts'
import type { DecisionProcess } from './decision-process.ts'

/** V(s) = max Q(s, a) over the legal actions; 0 in states that are never left. */
export function learnedValues(process: DecisionProcess, { values, width }: ValueTable): Float64Array {
  return Float64Array.from({ length: process.states }, (_, state) => {
    const legal = process.legal(state)
    return legal.length === 0 ? 0 : Math.max(...legal.map((action) => values[state * width + action]!))
  })
}

/** The best legal action; the first of several. */
export function learnedAction(process: DecisionProcess, { values, width }: ValueTable) {
  return (state: number): number => {
    const legal = process.legal(state)
    return legal.reduce((best, action) =>
      values[state * width + action]! > values[state * width + best]! + 1e-9 ? action : best,
    )
  }
}

/** The greatest difference of two lists of values. */
export function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}
