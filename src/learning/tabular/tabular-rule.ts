/** What one tabular learner does differently from another: how it updates the table, and what it minimises. */
import type { Listed, Random } from '../../core/index.ts'
import type { HyperParameter, HyperParameters } from '../learners/hyper-parameter.ts'
import type { Transitions } from './transitions.ts'
import type { ValueTable } from './value-table.ts'

export interface TabularRule extends Listed {
  readonly hyperParameters: readonly HyperParameter[]
  /** Rows that it can learn from, as indices: `usableRows` unless it needs to know more of what follows. */
  readonly usable?: (transitions: Transitions, gamma: number) => Uint32Array
  /** Set where values are preferences, which have no unit, instead of returns. */
  readonly preferences?: true
  /** Ready to update `table` in place from these transitions. */
  prepare(table: ValueTable, transitions: Transitions, settings: HyperParameters): PreparedRule
  /** Mean loss over the given rows, without an update: what epochs report of the validation split. */
  loss(table: ValueTable, transitions: Transitions, rows: Uint32Array, settings: HyperParameters): number
  /**
   * Mean of what the learner minimises, over the given rows and without an update. Early stopping reads it on the
   * validation split.
   */
  objective(table: ValueTable, transitions: Transitions, rows: Uint32Array, settings: HyperParameters): number
}

export interface PreparedRule {
  /**
   * One pass over the transitions.
   *
   * @param order row numbers, each of them `usable`
   * @param random of this epoch
   * @returns sum of the losses, each taken just before its update
   */
  sweep(order: Uint32Array, random: Random): number
  /** What it remembers from one sweep to the next, besides the table; by name, for checkpoints. */
  readonly memory: Readonly<Record<string, Float64Array | Uint32Array>>
}

/** A rule that remembers nothing but the table. */
export function withoutMemory(sweep: (order: Uint32Array, random: Random) => number): PreparedRule {
  return { sweep, memory: {} }
}
