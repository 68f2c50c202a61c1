/** Transitions written by hand: small decision problems for the learners. */
import { RandomStreams } from '../../src/core/index.ts'
import type { HyperParameters } from '../../src/learning/learners/hyper-parameter.ts'
import type { TabularRule } from '../../src/learning/tabular/tabular-rule.ts'
import type { EncodedStates, Transitions } from '../../src/learning/tabular/transitions.ts'
import { learningRates, ValueTable } from '../../src/learning/tabular/value-table.ts'

export interface Step {
  readonly state: number
  /** Class of each candidate. */
  readonly candidates: readonly number[]
  /** Position among the candidates. */
  readonly chosen: number
  readonly reward: number
  readonly propensity?: number
  readonly next?: { readonly state: number; readonly candidates: readonly number[] }
  readonly terminal?: boolean
  /** Row of the next decision, if the log shows it. */
  readonly following?: number
}

export function transitionsOf(states: number, classes: number, steps: readonly Step[]): Transitions {
  const hasNext = Uint8Array.from(steps, ({ next }) => (next === undefined ? 0 : 1))
  return {
    count: steps.length,
    states,
    classes,
    current: encoded(steps),
    inFlight: new Float32Array(steps.reduce((sum, { candidates }) => sum + candidates.length, 0)),
    chosen: Int32Array.from(steps, (step) => step.chosen),
    propensity: Float64Array.from(steps, (step) => step.propensity ?? Number.NaN),
    reward: Float64Array.from(steps, (step) => step.reward),
    rewardScale: 1,
    next: encoded(steps.map(({ next }) => next ?? { state: 0, candidates: [] })),
    terminal: Uint8Array.from(steps, ({ terminal }) => (terminal === true ? 1 : 0)),
    hasNext,
    dtMs: new Float64Array(steps.length).fill(10),
    following: Int32Array.from(steps, ({ following }) => following ?? -1),
  }
}

function encoded(rows: readonly { state: number; candidates: readonly number[] }[]): EncodedStates {
  const starts = new Int32Array(rows.length + 1)
  for (const [i, { candidates }] of rows.entries()) starts[i + 1] = starts[i]! + candidates.length
  return {
    state: Int32Array.from(rows, (row) => row.state),
    starts,
    classes: Int32Array.from(rows.flatMap(({ candidates }) => candidates)),
  }
}

export function tableFor({ states, classes }: Transitions, initialValue = 0, decay = 0.8): ValueTable {
  return new ValueTable(states, classes, initialValue, learningRates(decay, 0.001))
}

export function rowsOf({ count }: Transitions): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i)
}

/** One sweep over all rows in their order unless others are given, by a rule that is prepared for it; the sum of the losses. */
export function sweep(
  rule: TabularRule,
  table: ValueTable,
  transitions: Transitions,
  settings: HyperParameters,
  rows = rowsOf(transitions),
): number {
  const random = new RandomStreams(1).stream('sweep')
  return rule.prepare(table, transitions, settings).sweep(rows, random)
}
