/**
 * Records in columns: what learners and statistics read of a record, in typed arrays, some thousand rows at a time.
 *
 * Missing numbers are NaN, missing indices -1. Where the number of entries differs from row to row, a column of starts
 * says where those of a row begin. The order of the lists below is that of the binary cache; numbers of 8 bytes stand
 * first, so that everything is aligned.
 */

/** Widths of the lists that are equally long in every row of a run. */
export interface ColumnWidths {
  readonly context: number
  readonly instance: number
}

export const FLOAT_COLUMNS = [
  'decision',
  /** `t` of the record. */
  'timeMs',
  /** Of the outcome, NaN where there is none. */
  'latencyMs',
  'queueMs',
  'workMs',
  'retryOf',
  'reward',
  /** To the next state, NaN where there is none. */
  'dtMs',
  /** Shape [rows x 5], in the order of REWARD_PARTS. */
  'rewards',
  /** Shape [rows x context]. */
  'context',
  'nextContext',
  /** Shape [rows of instances x instance]. */
  'instances',
  'nextInstances',
  /** Of instances, and of strategies. */
  'propensity',
  'strategyPropensity',
] as const

export const INTEGER_COLUMNS = [
  /** Line of the file, from 1. */
  'line',
  'hop',
  /** Numbers of texts. */
  'phase',
  'profile',
  'route',
  'policyId',
  'policyVersion',
  'failure',
  /** Place of the service in `dataset.json`. */
  'service',
  /** Place of the chosen instance, and of the strategy. */
  'action',
  'strategy',
  'status',
  /** Shape [rows + 1]: where the rows of instances of a row begin. */
  'instanceStart',
  'nextInstanceStart',
  'propensityStart',
  'strategyPropensityStart',
] as const

export const BYTE_COLUMNS = [
  /** Bits of FLAGS. */
  'flags',
  /** Shape [rows of instances]: 1 where the row is known, 0 where it is null. */
  'known',
  'nextKnown',
  /** Shape [rows x 16]; all 0 where the trace is not 32 hex digits in lower case. */
  'trace',
] as const

/** What a record says yes or no to. */
export const FLAGS = {
  done: 1,
  truncated: 2,
  /** There is a list of propensities; and it is an estimate. */
  propensity: 4,
  propensityEstimated: 8,
  outcome: 16,
  next: 32,
} as const

type FloatColumn = (typeof FLOAT_COLUMNS)[number]
type IntegerColumn = (typeof INTEGER_COLUMNS)[number]
type ByteColumn = (typeof BYTE_COLUMNS)[number]

export type Columns = Readonly<Record<FloatColumn, Float64Array>> &
  Readonly<Record<IntegerColumn, Int32Array>> &
  Readonly<Record<ByteColumn, Uint8Array>>

/** Rows that stand side by side in the file. The columns are overwritten when the next batch is asked for. */
export interface ColumnBatch {
  readonly rows: number
  readonly widths: ColumnWidths
  /** Texts by number; those of later batches are added behind. */
  readonly texts: readonly string[]
  readonly columns: Columns
}
