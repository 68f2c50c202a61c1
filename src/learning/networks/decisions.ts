/** Decisions as networks learn from them, wherever they come from: the port between data and training. */
import type { Numbers } from './kernel/kernel.ts'

/** The rows of numbers that describe one moment of each decision. */
export interface DecisionRows {
  /** How many rows decision `i` has; 0: nothing is known. */
  count(i: number): number
  /** Writes them, [count x inputs], one right behind the other. */
  write(i: number, numbers: Numbers, at: number): void
}

/** Rewards come divided by `rewardScale`, so that a learner's constants mean the same whatever the unit. */
export interface Decisions {
  readonly count: number
  /** Numbers per row. */
  readonly inputs: number
  /** 1: each row is an action. More: each decision is one row, with so many actions. */
  readonly actionsPerRow: number
  /** Fixed actions that the log never shows: nothing is known of them, so they are never chosen. */
  readonly barred: readonly number[]
  /** Most rows of one decision. */
  readonly mostRows: number
  readonly current: DecisionRows
  /** No rows where the process ended or nothing is known of what follows. */
  readonly next: DecisionRows
  /** Shape [count]: which of its actions was taken. */
  readonly chosen: Int32Array
  readonly reward: Float64Array
  readonly rewardScale: number
  /** Shape [count]: 1 where the process ended, so that the value of what follows is 0. */
  readonly terminal: Uint8Array
  /** Shape [count]: probability with which the logger chose as it did; NaN if the log does not say. */
  readonly propensity: Float64Array
}

/** Rows that a learner can use: with a discount above 0 those whose next state is known, or that ended. */
export function usableDecisions({ count, next, terminal }: Decisions, gamma: number): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, i) => i)
  return gamma === 0 ? all : all.filter((i) => terminal[i] === 1 || next.count(i) > 0)
}
