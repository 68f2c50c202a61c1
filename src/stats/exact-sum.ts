/**
 * A sum that does not depend on the order of what is added: what two machines measured adds up to what one would have.
 *
 * Two doubles, the second of which holds what the first has no digits for (TwoSum of Knuth, TAOCP vol. 2, 4.2.2, summed
 * as by Neumaier 1974). That is exact as long as the sum of the rests is below 2^53 times the finest digit of the
 * values: ten million times in ms with digits down to 2^-50 ms, up to a sum of 2^31 ms. Beyond that it rounds, and far
 * less than a plain sum.
 */

/** The sum, and what is left over; only the sum where nothing is. */
export type ExactSumJson = number | readonly [sum: number, rest: number]

export class ExactSum {
  #sum = 0
  #rest = 0

  /** Hot path: a handful of times per request. */
  add(value: number): void {
    const before = this.#sum
    const sum = before + value
    const added = sum - before
    this.#rest += before - (sum - added) + (value - added)
    this.#sum = sum
  }

  merge(other: ExactSum): void {
    this.add(other.#sum)
    this.add(other.#rest)
  }

  /** The double nearest to the sum. */
  get value(): number {
    // A sum that is infinite has no rest to speak of.
    return Number.isFinite(this.#sum) ? this.#sum + this.#rest : this.#sum
  }

  toJSON(): ExactSumJson {
    const { value } = this
    const added = value - this.#sum
    const rest = this.#sum - (value - added) + (this.#rest - added)
    return rest === 0 || !Number.isFinite(value) ? value : [value, rest]
  }

  static fromJSON(json: ExactSumJson): ExactSum {
    const sum = new ExactSum()
    for (const part of typeof json === 'number' ? [json] : json) sum.add(part)
    return sum
  }
}
