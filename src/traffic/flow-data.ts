/**
 * Which row of its data a pass through a flow has: a function of the seed, the place of the user in the phase and the
 * number of the pass alone, so that users of other processes need not be asked.
 *
 * The first passes of all users take a row each, then come the rows of their second passes, and so on: while the phase
 * holds its users, no two of the turns are the same.
 */
import { type Json, keyedUniform, keyOf, mixKeys } from '../core/index.ts'
import { type FlowData, heldUsers, type Phase } from '../scenario/index.ts'
import type { SessionContext } from './session.ts'

/** Orders that are kept: users are in at most a few rounds at a time. */
const MOST_ORDERS = 4

export class DataFeed {
  readonly #data: FlowData
  readonly #key: number
  /** By round. */
  readonly #orders = new Map<number, Uint32Array>()

  constructor(data: FlowData, name: string, seed: number) {
    this.#data = data
    this.#key = keyOf(`${seed}/data/${name}`)
  }

  /** Puts the columns of the row of this pass among the variables. */
  fill(variables: Map<string, Json>, context: SessionContext): void {
    const { columns, rows } = this.#data
    const row = rows[this.rowOf(context)]!
    for (let i = 0; i < columns.length; i++) variables.set(columns[i]!, row[i]!)
  }

  rowOf(context: Pick<SessionContext, 'place' | 'visits' | 'random' | 'currentPhase'>): number {
    const { place, visits, random } = context
    const { order, rows } = this.#data
    const { length } = rows
    const turn = visits === 1 ? place : place + (visits - 1) * usersOf(context.currentPhase())
    switch (order) {
      case 'sequential':
        return turn % length
      case 'shuffled':
        return this.#order(Math.floor(turn / length))[turn % length]!
      case 'random':
        return Math.floor(random() * length)
      case 'per-user':
        return place % length
    }
  }

  /** The rows of a round, shuffled (Fisher and Yates 1938, as by Durstenfeld 1964). */
  #order(round: number): Uint32Array {
    let order = this.#orders.get(round)
    if (order !== undefined) return order
    const key = mixKeys(this.#key, round)
    order = Uint32Array.from(this.#data.rows, (_, i) => i)
    for (let i = order.length - 1; i > 0; i--) {
      const other = Math.floor(keyedUniform(key, i) * (i + 1))
      const row = order[i]!
      order[i] = order[other]!
      order[other] = row
    }
    if (this.#orders.size === MOST_ORDERS) this.#orders.delete(this.#orders.keys().next().value!)
    this.#orders.set(round, order)
    return order
  }
}

/** Those who come back for more passes, at most. */
function usersOf({ executor, variability }: Phase): number {
  return Math.ceil(heldUsers(executor) * (1 + variability.users))
}
