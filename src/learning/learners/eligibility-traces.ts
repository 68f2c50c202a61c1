/**
 * Which pairs of a table were visited lately, and how much of a TD error each takes. A trace holds the step size of the
 * visit as a factor, so that step sizes may differ from pair to pair; only pairs with a trace are touched.
 */
import type { ValueTable } from '../tabular/value-table.ts'

/** A trace below this is none. */
const FADED = 1e-9

export class EligibilityTraces {
  readonly #values: Float64Array
  readonly #width: number
  /** Shape of the table: step size times eligibility. */
  readonly #traces: Float64Array
  /** The pairs whose trace is not 0 are the first of these. */
  readonly #lit: Int32Array
  #count = 0

  constructor({ values, width }: ValueTable) {
    this.#values = values
    this.#width = width
    this.#traces = new Float64Array(values.length)
    this.#lit = new Int32Array(values.length)
  }

  clear(): void {
    for (let k = 0; k < this.#count; k++) this.#traces[this.#lit[k]!] = 0
    this.#count = 0
  }

  /** Fades all traces and lights that of a pair, replacing or accumulating. */
  visit(pair: number, rate: number, fading: number, replacing: boolean): void {
    if (replacing) this.#dimState(pair - (pair % this.#width))
    const left = this.#fade(pair, fading)
    this.#light(pair, replacing ? rate : left + rate)
  }

  /** The same for a dutch trace. */
  visitDutch(pair: number, rate: number, fading: number): void {
    const left = this.#fade(pair, fading)
    this.#light(pair, left + rate * (1 - left))
  }

  /** Adds `error`, weighted by the traces, to the table. */
  apply(error: number): void {
    for (let k = 0; k < this.#count; k++) {
      const pair = this.#lit[k]!
      this.#values[pair]! += this.#traces[pair]! * error
    }
  }

  /** Sets the traces of a state to 0; they are dropped by the next fading. */
  #dimState(base: number): void {
    for (let k = 0; k < this.#count; k++) {
      const pair = this.#lit[k]!
      if (pair >= base && pair < base + this.#width) this.#traces[pair] = 0
    }
  }

  /** Drops `pair` from the lit ones, so that it can be lit anew, and returns what was left of its trace. */
  #fade(pair: number, fading: number): number {
    let left = 0
    let kept = 0
    for (let k = 0; k < this.#count; k++) {
      const lit = this.#lit[k]!
      const trace = this.#traces[lit]! * fading
      this.#traces[lit] = 0
      if (lit === pair) left = trace
      else if (trace > FADED) {
        this.#traces[lit] = trace
        this.#lit[kept++] = lit
      }
    }
    this.#count = kept
    return left
  }

  #light(pair: number, trace: number): void {
    this.#traces[pair] = trace
    this.#lit[this.#count++] = pair
  }
}
