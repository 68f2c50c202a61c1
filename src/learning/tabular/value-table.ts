/**
 * The table that tabular learners fill: one value per state and class, and the step size that each still takes.
 *
 * The row and the column past the last belong to unknown states and classes; they keep the initial value.
 */

/** Step sizes stop shrinking here even if the floor is not reached, so that their table stays small. */
const MOST_RATES = 1 << 20

export class ValueTable {
  readonly states: number
  readonly classes: number
  /** Distance between rows: classes + 1. */
  readonly width: number
  /** Shape [(states + 1) x width]. */
  readonly values: Float64Array
  /** Shape of `values`: how often each was chosen in the updates so far, N(s, a). */
  readonly updates: Uint32Array
  /** Step size by N, see `learningRates`. */
  readonly rates: Float64Array

  constructor(states: number, classes: number, initialValue: number, rates: Float64Array) {
    this.states = states
    this.classes = classes
    this.width = classes + 1
    this.values = new Float64Array((states + 1) * this.width).fill(initialValue)
    this.updates = new Uint32Array(this.values.length)
    this.rates = rates
  }
}

/**
 * Step sizes max(floor, N^-decay), by N. A polynomial decay below 1 because 1/N makes Q-learning converge
 * exponentially slowly in 1 / (1 - gamma) (Even-Dar & Mansour, Learning rates for Q-learning, JMLR 5, 2003). The
 * first update of a pair has step 1: it forgets the initial value. Entry 0, for a pair that was never chosen, is 1.
 */
export function learningRates(decay: number, floor: number): Float64Array {
  const rates = [1]
  for (let n = 1; n < MOST_RATES; n++) {
    const rate = n ** -decay
    if (rate <= floor) break
    rates.push(rate)
  }
  rates.push(Math.max(floor, rates.length ** -decay))
  return Float64Array.from(rates)
}
