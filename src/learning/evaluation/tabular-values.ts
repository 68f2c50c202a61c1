/**
 * Values of a target by a table over classes of states and instances, fitted on recorded decisions: for each number k
 * of decisions that are left
 *
 *     Q_1(s,a) = mean of r;   Q_k(s,a) = mean of r + gamma sum_b pi(b|s') Q_{k-1}(s',b)   over the decisions with (s,a)
 *
 * which is exact evaluation of the target on the empirical decision process. s' is the next decision of the same
 * chain; the target's choice there is what it would have done at that very decision. A decision of which it is not known
 * what follows counts for Q_1 only.
 *
 * A pair that the data never shows has the mean of its state, a state that it never shows the mean of all: what is said
 * of those is a guess, and `isSeen` tells.
 */
import { ENDED } from './cut-trajectories.ts'

/** Decisions in classes; rows as in `RecordedDecisions`. */
export interface EncodedDecisions {
  /** Numbers of known states and classes; these numbers themselves stand for an unknown one. */
  readonly states: number
  readonly classes: number
  /** Shape [rows]. */
  readonly state: Int32Array
  /** Shape [rows + 1]: where the candidates of a row begin. */
  readonly starts: Int32Array
  /** Shape [candidates]: class. */
  readonly classOf: Int32Array
  /** Shape [rows]: position of the chosen one among the candidates. */
  readonly chosen: Int32Array
  /** Shape [rows]. */
  readonly reward: Float64Array
  /** Shape [rows], see `CutTrajectories`. */
  readonly next: Int32Array
}

export class TabularValues {
  readonly #decisions: EncodedDecisions
  readonly #target: Float64Array
  readonly #width: number
  /** By decisions left, from 1 on: shape [(states + 1) x (classes + 1)]. */
  readonly #tables: Float64Array[] = []
  readonly #visits: Uint32Array

  /**
   * @param rows those to fit on
   * @param target shape [candidates]: pi(b|s)
   * @param horizon decisions that are left at most
   */
  constructor(
    decisions: EncodedDecisions,
    rows: Uint32Array,
    target: Float64Array,
    gamma: number,
    horizon: number,
  ) {
    this.#decisions = decisions
    this.#target = target
    this.#width = decisions.classes + 1
    this.#visits = new Uint32Array((decisions.states + 1) * this.#width)
    for (const row of rows) this.#visits[this.#pairOf(row)]!++
    for (let left = 1; left <= horizon; left++) this.#tables.push(this.#fit(rows, left, gamma))
  }

  /** Q_left(s, a) of what the logger chose. */
  logged(row: number, left: number): number {
    return this.#tables[left - 1]![this.#pairOf(row)]!
  }

  /** V_left(s) of the target. */
  state(row: number, left: number): number {
    const { starts, state, classOf } = this.#decisions
    const table = this.#tables[left - 1]!
    const base = state[row]! * this.#width
    let value = 0
    for (let k = starts[row]!; k < starts[row + 1]!; k++)
      value += this.#target[k]! * table[base + classOf[k]!]!
    return value
  }

  /** Share of the target's choice that goes to pairs which the data shows. */
  seenShare(row: number): number {
    const { starts, state, classOf } = this.#decisions
    const base = state[row]! * this.#width
    let share = 0
    for (let k = starts[row]!; k < starts[row + 1]!; k++) {
      if (this.#visits[base + classOf[k]!]! > 0) share += this.#target[k]!
    }
    return share
  }

  #pairOf(row: number): number {
    const { state, starts, classOf, chosen } = this.#decisions
    return state[row]! * this.#width + classOf[starts[row]! + chosen[row]!]!
  }

  #fit(rows: Uint32Array, left: number, gamma: number): Float64Array {
    const { reward, next } = this.#decisions
    const sums = new Float64Array(this.#visits.length)
    const counts = new Uint32Array(this.#visits.length)
    for (const row of rows) {
      const follower = next[row]!
      if (left > 1 && follower < ENDED) continue
      const later = left > 1 && follower >= 0 ? gamma * this.state(follower, left - 1) : 0
      const pair = this.#pairOf(row)
      sums[pair]! += reward[row]! + later
      counts[pair]!++
    }
    return this.#means(sums, counts)
  }

  /** Means by pair, with those of the state, or of all, where a pair was not seen. */
  #means(sums: Float64Array, counts: Uint32Array): Float64Array {
    const width = this.#width
    const [total, all] = [sumOf(sums), sumOf(counts)]
    const means = new Float64Array(sums.length)
    for (let base = 0; base < sums.length; base += width) {
      const seen = sumOf(counts.subarray(base, base + width))
      const usual = seen > 0 ? sumOf(sums.subarray(base, base + width)) / seen : all > 0 ? total / all : 0
      for (let pair = base; pair < base + width; pair++) {
        means[pair] = counts[pair]! > 0 ? sums[pair]! / counts[pair]! : usual
      }
    }
    return means
  }
}

function sumOf(values: Float64Array | Uint32Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
