/** The MDP that a log shows: per pair the mean reward, and how often it led to what. */
import { chosenPairs, type Transitions } from './transitions.ts'
import type { ValueTable } from './value-table.ts'

/** What nothing follows leads to. */
const END = -1

export class EmpiricalModel {
  /** The pairs that the log shows, in rising order. */
  readonly #pairs: Int32Array
  /** Shape of `#pairs`: mean reward. */
  readonly #reward: Float64Array
  /** Shape [pairs + 1]: where the outcomes of a pair begin. */
  readonly #starts: Int32Array
  /** Shape [outcomes]: index of a menu, and its share. Outcomes in which the process ends are left out. */
  readonly #outcomes: Int32Array
  readonly #shares: Float64Array
  /** By menu: the pairs that may be chosen next, in a state with certain classes. */
  readonly #menus: readonly Int32Array[]
  readonly #menuValues: Float64Array

  /** Counts the given rows; for a table of the width of `table`, of which also pairs that nothing is known of. */
  constructor(transitions: Transitions, rows: Uint32Array, { width }: ValueTable) {
    const { menus, menuOfRow } = menusOf(transitions, rows, width)
    const chosen = chosenPairs(transitions, width)
    const sorted = rows.slice().sort((a, b) => chosen[a]! - chosen[b]! || menuOfRow[a]! - menuOfRow[b]!)
    const pairs: number[] = []
    const reward: number[] = []
    const starts: number[] = []
    const outcomes: number[] = []
    const shares: number[] = []
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      const pair = chosen[sorted[from]!]!
      while (to < sorted.length && chosen[sorted[to]!] === pair) to++
      pairs.push(pair)
      starts.push(outcomes.length)
      let sum = 0
      for (let k = from; k < to; k++) sum += transitions.reward[sorted[k]!]!
      reward.push(sum / (to - from))
      for (let k = from, same = from; k < to; k = same) {
        const menu = menuOfRow[sorted[k]!]!
        while (same < to && menuOfRow[sorted[same]!] === menu) same++
        if (menu === END) continue
        outcomes.push(menu)
        shares.push((same - k) / (to - from))
      }
    }
    this.#pairs = Int32Array.from(pairs)
    this.#reward = Float64Array.from(reward)
    this.#starts = Int32Array.from([...starts, outcomes.length])
    this.#outcomes = Int32Array.from(outcomes)
    this.#shares = Float64Array.from(shares)
    this.#menus = menus
    this.#menuValues = new Float64Array(menus.length)
  }

  /** Bellman's optimality operator on the pairs that the log shows; returns the greatest change. */
  backUp(values: Float64Array, gamma: number): number {
    for (const [menu, pairs] of this.#menus.entries()) this.#menuValues[menu] = highest(values, pairs)
    let change = 0
    for (let p = 0; p < this.#pairs.length; p++) {
      let following = 0
      for (let k = this.#starts[p]!; k < this.#starts[p + 1]!; k++) {
        following += this.#shares[k]! * this.#menuValues[this.#outcomes[k]!]!
      }
      const value = this.#reward[p]! + gamma * following
      change = Math.max(change, Math.abs(value - values[this.#pairs[p]!]!))
      values[this.#pairs[p]!] = value
    }
    return change
  }
}

/** The distinct menus after the given rows, and by row which it is. */
function menusOf({ next }: Transitions, rows: Uint32Array, width: number) {
  const menus: Int32Array[] = []
  const menuOfRow = new Int32Array(next.state.length).fill(END)
  const known = new Map<string, number>()
  for (const row of rows) {
    const classes = next.classes.subarray(next.starts[row], next.starts[row + 1])
    if (classes.length === 0) continue
    const menu = Int32Array.from(new Set(classes), (id) => next.state[row]! * width + id).sort()
    const key = menu.join()
    if (!known.has(key)) known.set(key, menus.push(menu) - 1)
    menuOfRow[row] = known.get(key)!
  }
  return { menus, menuOfRow }
}

function highest(values: Float64Array, pairs: Int32Array): number {
  let best = values[pairs[0]!]!
  for (let k = 1; k < pairs.length; k++) if (values[pairs[k]!]! > best) best = values[pairs[k]!]!
  return best
}
