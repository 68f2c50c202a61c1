/** A list of numbers that grows, 8 bytes each: what an array of ten million would cost is several times that. */

const FIRST_LENGTH = 1024

export class GrowingTimes {
  #values = new Float64Array(FIRST_LENGTH)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#length++] = value
  }

  at(index: number): number {
    return this.#values[index]!
  }

  lower(index: number, value: number): void {
    if (value < this.#values[index]!) this.#values[index] = value
  }

  /** Without the room for more. */
  values(): Float64Array {
    return this.#values.slice(0, this.#length)
  }
}
