/** The contract of a tabular learner, and the hyper-parameters that all of them have. */
import type { Listed } from '../../core/index.ts'
import type { Transitions } from '../transitions.ts'
import type { ValueTable } from '../value-table.ts'

export interface HyperParameter {
  readonly name: string
  /** undefined: computed from the training data, as the summary says. */
  readonly default: number | undefined
  readonly min: number
  readonly max: number
  readonly integer: boolean
  readonly summary: string
}

/** Values by name, checked and complete but for those that the data gives. */
export type HyperParameters = Readonly<Record<string, number>>

export interface Learner extends Listed {
  readonly hyperParameters: readonly HyperParameter[]
  /**
   * One pass over the transitions: updates `table` in place.
   *
   * @param order row numbers, each of them `usableRows`
   * @returns sum of the squared TD errors, each taken just before its update
   */
  sweep(table: ValueTable, transitions: Transitions, order: Uint32Array, settings: HyperParameters): number
  /**
   * Mean of what the learner minimises, over the given rows and without an update. Early stopping reads it on the
   * validation split.
   */
  objective(table: ValueTable, transitions: Transitions, rows: Uint32Array, settings: HyperParameters): number
}

/** What every learner has. Defaults are for logs of 1e4 to 1e6 decisions. */
export const SHARED_HYPER_PARAMETERS: readonly HyperParameter[] = [
  {
    name: 'gamma',
    default: 0.5,
    min: 0,
    max: 0.99,
    integer: false,
    summary: 'discount per decision of the service; 0 learns the reward of the decision alone (a bandit)',
  },
  {
    name: 'learningRateDecay',
    default: 0.8,
    min: 0.5,
    max: 1,
    integer: false,
    summary: 'the step size of a pair is N^-decay after N updates',
  },
  {
    name: 'minLearningRate',
    default: 0.001,
    min: 0.001,
    max: 1,
    integer: false,
    summary: 'the step size does not fall below this',
  },
  {
    name: 'epochs',
    default: 50,
    min: 1,
    max: 10_000,
    integer: true,
    summary: 'passes over the training split, at most',
  },
  {
    name: 'patience',
    default: 5,
    min: 1,
    max: 10_000,
    integer: true,
    summary: 'stop after this many epochs without a better validation objective',
  },
  {
    name: 'initialValue',
    default: undefined,
    min: -1e9,
    max: 1e9,
    integer: false,
    summary: 'value of a pair never chosen; by default the lowest that the training rewards allow',
  },
]
