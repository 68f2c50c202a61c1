/** A typed array that grows by doubling: a column of a table whose length is not known beforehand. */

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array

class GrowingColumn<A extends Numbers> {
  #values: A
  #length = 0
  readonly #make: (length: number) => A

  constructor(make: (length: number) => A) {
    this.#make = make
    this.#values = make(1024)
  }

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = this.#make(this.#length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#length++] = value
  }

  /** The values so far: a view that the next push may leave behind. */
  get values(): A {
    return this.#values.subarray(0, this.#length) as A
  }
}

export const float32Column = () => new GrowingColumn((length) => new Float32Array(length))
export const float64Column = () => new GrowingColumn((length) => new Float64Array(length))
export const int32Column = () => new GrowingColumn((length) => new Int32Array(length))
export const uint8Column = () => new GrowingColumn((length) => new Uint8Array(length))
