/** Typed arrays that grow by doubling and keep their room when they are emptied: columns that are filled batch by batch. */

type Numbers = Float64Array | Int32Array | Uint8Array

export class GrowingNumbers<A extends Numbers> {
  /** Room for more than `length` values. */
  values: A
  length = 0
  readonly #make: (length: number) => A

  constructor(make: (length: number) => A) {
    this.#make = make
    this.values = make(256)
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1)
    this.values[this.length++] = value
  }

  /** Makes room for `count` more values, so that they can be written to `values` directly. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.values.length) return
    const larger = this.#make(Math.max(needed, this.values.length * 2))
    larger.set(this.values.subarray(0, this.length))
    this.values = larger
  }

  /** The values so far: overwritten by what is pushed after `length` was set back. */
  get filled(): A {
    return this.values.subarray(0, this.length) as A
  }
}
