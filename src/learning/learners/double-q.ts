/**
 * Double Q-learning (van Hasselt, Double Q-learning, NeurIPS 2010) over a fixed log. Two tables A and B, each learned
 * from half of the log; in each half
 *
 *     A(s,a) += lr * (r + gamma * B(s', argmax_{a' legal in s'} A(s',a')) - A(s,a))
 *
 * and the other way round. The maximum over noisy estimates is too high on average, because the noise itself is
 * maximised; here one table says which action is best and the other, that has seen other noise, what it is worth. The
 * model chooses by the mean of both, or by the one that the log shows the pair to.
 *
 * | hyper-parameter   | default | source          |
 * |-------------------|---------|-----------------|
 * | all               |         | as `q-learning` |
 *
 * Deviations from the paper: it flips a coin at every step. Over a log that is passed many times both tables would
 * have seen all decisions, and the same noise, after a few epochs; so the coin is flipped once per decision, by its row
 * number. It also asks the other table for what that has not seen, which here would be the initial, pessimistic value
 * and spread from rare states to all that lead there (a queue ran away with it); so the best is sought among what the
 * other has seen, and where that is nothing `own` answers itself. For the same reason it is not the sum of both tables
 * that is acted on where just one knows the pair. On the book's example of the bias this is a little better, not worse.
 */
import { keyedUniform } from '../../core/index.ts'
import type { PreparedRule, TabularRule } from '../tabular/tabular-rule.ts'
import { chosenPairs, type Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import type { HyperParameters } from './hyper-parameter.ts'
import { SHARED_HYPER_PARAMETERS } from './shared-hyper-parameters.ts'
import { squaredTdError } from './td-error.ts'

/** Any number: rows are in an order that was drawn, so that the halves differ from seed to seed all the same. */
const COIN = 0x2545f491

export const doubleQ: TabularRule = {
  name: 'double-q',
  summary: 'two tables from halves of the log that judge each other: does not overrate what was lucky',
  hyperParameters: SHARED_HYPER_PARAMETERS,
  prepare,
  ...squaredTdError,
}

/** One of the two tables. */
interface Half {
  readonly values: Float64Array
  readonly updates: Uint32Array
}

function prepare(table: ValueTable, transitions: Transitions, settings: HyperParameters): PreparedRule {
  const halfOf = (): Half => ({ values: table.values.slice(), updates: table.updates.slice() })
  const [first, second] = [halfOf(), halfOf()]
  const pairs = chosenPairs(transitions, table.width)
  const coins = Uint8Array.from({ length: transitions.count }, (_, i) =>
    keyedUniform(COIN, i) < 0.5 ? 1 : 0,
  )
  const sweep = (order: Uint32Array) => {
    let squares = 0
    for (let k = 0; k < order.length; k++) {
      const i = order[k]!
      const [own, other] = coins[i] === 1 ? [first, second] : [second, first]
      const tdError = learn(table, transitions, i, pairs[i]!, own, other, settings.gamma!)
      squares += tdError * tdError
    }
    return squares
  }
  return {
    sweep,
    memory: {
      firstValues: first.values,
      firstUpdates: first.updates,
      secondValues: second.values,
      secondUpdates: second.updates,
    },
  }
}

/** One update of `own`, and of the mean of both in the table; returns the TD error before it. */
function learn(
  table: ValueTable,
  transitions: Transitions,
  row: number,
  pair: number,
  own: Half,
  other: Half,
  gamma: number,
): number {
  const { values, updates, rates } = table
  const following = gamma === 0 ? 0 : gamma * nextValue(table.width, transitions, row, own, other)
  const target = transitions.reward[row]! + following
  const tdError = target - own.values[pair]!
  const n = ++own.updates[pair]!
  own.values[pair]! += rates[Math.min(n, rates.length - 1)]! * tdError
  const shown = other.updates[pair]! > 0
  values[pair] = shown ? (own.values[pair]! + other.values[pair]!) / 2 : own.values[pair]!
  updates[pair]!++
  return tdError
}

/** What `other` says of the legal action that is best by `own` among those that both know; 0 where nothing follows. */
function nextValue(width: number, { next }: Transitions, row: number, own: Half, other: Half): number {
  const { state, starts, classes } = next
  const base = state[row]! * width
  let best = -1
  let judged = false
  for (let k = starts[row]!; k < starts[row + 1]!; k++) {
    const pair = base + classes[k]!
    const shown = other.updates[pair]! > 0
    if (judged && !shown) continue
    if (best < 0 || (shown && !judged) || own.values[pair]! > own.values[best]!) best = pair
    judged ||= shown
  }
  if (best < 0) return 0
  return judged ? other.values[best]! : own.values[best]!
}
