/** The loss of fitted action values on a minibatch: Huber of the TD errors, and the learner's penalty. */
import type { Penalty } from './network-rule.ts'

/** Losses of some decisions, as sums. */
export interface Losses {
  readonly squaredTdError: number
  /** What the learner minimises. */
  readonly objective: number
}

export interface TdLossInput {
  /** Shape [actions of the batch]; those of decision d stand from starts[d] up to starts[d + 1], times `actionsPerRow`. */
  readonly values: Float64Array
  readonly starts: Int32Array
  readonly actionsPerRow: number
  /** Shape [decisions]: what the value of the logged action is to be. */
  readonly targets: Float64Array
  /** By decision of the data: the logged action. */
  readonly chosen: Int32Array
  /** Shape [decisions]: which of the data they are. */
  readonly rows: Uint32Array
  readonly huberThreshold: number
  readonly penalty: Penalty | undefined
  /** Shape of `values`, overwritten: gradients of the mean loss. */
  readonly gradients: Float64Array
}

export function tdLoss(input: TdLossInput): Losses {
  const { values, starts, actionsPerRow, targets, chosen, rows, gradients, penalty } = input
  const { huberThreshold: threshold } = input
  const count = rows.length
  let squaredTdError = 0
  let objective = 0
  gradients.fill(0, 0, starts[count]! * actionsPerRow)
  for (let d = 0; d < count; d++) {
    const start = starts[d]! * actionsPerRow
    const taken = start + chosen[rows[d]!]!
    const error = values[taken]! - targets[d]!
    const clipped = error > threshold ? threshold : error < -threshold ? -threshold : error
    squaredTdError += error * error
    objective += clipped * (error - clipped / 2)
    gradients[taken] = clipped / count
    if (penalty === undefined) continue
    objective += penalty(values, start, starts[d + 1]! * actionsPerRow, taken, gradients, 1 / count)
  }
  return { squaredTdError, objective }
}
