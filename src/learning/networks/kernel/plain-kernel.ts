/** The kernel in plain TypeScript on 64-bit floats: what the SIMD kernel is judged by, and what stands in for it. */
import { type AdamStep, type Kernel, padded, type Strided } from './kernel.ts'

/** Index 0 says "no bias", so nothing may stand there. */
const FIRST_FREE = 4

export class PlainKernel implements Kernel {
  readonly name = 'plain'
  numbers = new Float64Array(1024)
  #used = FIRST_FREE

  allocate(length: number): number {
    const at = this.#used
    this.#used = padded(at + length)
    if (this.#used > this.numbers.length) {
      const grown = new Float64Array(Math.max(this.#used, this.numbers.length * 2))
      grown.set(this.numbers)
      this.numbers = grown
    }
    return at
  }

  copy(at: number, length: number): Float64Array {
    return this.numbers.slice(at, at + length)
  }

  /** In tiles of 2 x 4, whose eight sums are kept in registers. */
  multiply(
    a: Strided,
    b: number,
    c: number,
    rows: number,
    columns: number,
    depth: number,
    bias: number,
    relu: boolean,
  ): void {
    const x = this.numbers
    const { row: aRow, column: aColumn } = a
    for (let j = 0; j < columns; j += 4) {
      const bias0 = bias === 0 ? 0 : x[bias + j]!
      const bias1 = bias === 0 ? 0 : x[bias + j + 1]!
      const bias2 = bias === 0 ? 0 : x[bias + j + 2]!
      const bias3 = bias === 0 ? 0 : x[bias + j + 3]!
      for (let i = 0; i < rows; i += 2) {
        let first = a.at + i * aRow
        let second = first + aRow
        let from = b + j
        let c00 = bias0
        let c01 = bias1
        let c02 = bias2
        let c03 = bias3
        let c10 = bias0
        let c11 = bias1
        let c12 = bias2
        let c13 = bias3
        for (let p = 0; p < depth; p++) {
          const b0 = x[from]!
          const b1 = x[from + 1]!
          const b2 = x[from + 2]!
          const b3 = x[from + 3]!
          const a0 = x[first]!
          c00 += a0 * b0
          c01 += a0 * b1
          c02 += a0 * b2
          c03 += a0 * b3
          const a1 = x[second]!
          c10 += a1 * b0
          c11 += a1 * b1
          c12 += a1 * b2
          c13 += a1 * b3
          first += aColumn
          second += aColumn
          from += columns
        }
        const to = c + i * columns + j
        this.#store(to, c00, c01, c02, c03, relu)
        this.#store(to + columns, c10, c11, c12, c13, relu)
      }
    }
  }

  #store(to: number, c0: number, c1: number, c2: number, c3: number, relu: boolean): void {
    const x = this.numbers
    x[to] = relu && c0 < 0 ? 0 : c0
    x[to + 1] = relu && c1 < 0 ? 0 : c1
    x[to + 2] = relu && c2 < 0 ? 0 : c2
    x[to + 3] = relu && c3 < 0 ? 0 : c3
  }

  transpose(from: number, to: number, rows: number, columns: number): void {
    const x = this.numbers
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) x[to + j * rows + i] = x[from + i * columns + j]!
    }
  }

  columnSums(from: number, to: number, rows: number, columns: number): void {
    const x = this.numbers
    x.fill(0, to, to + columns)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) x[to + j]! += x[from + i * columns + j]!
    }
  }

  reluMask(activations: number, gradients: number, length: number, factor: number): void {
    const x = this.numbers
    for (let k = 0; k < length; k++) {
      x[gradients + k] = x[activations + k]! > 0 ? factor * x[gradients + k]! : 0
    }
  }

  sumOfSquares(at: number, length: number): number {
    let sum = 0
    for (let k = at; k < at + length; k++) sum += this.numbers[k]! * this.numbers[k]!
    return sum
  }

  adam(
    parameters: number,
    gradients: number,
    means: number,
    squares: number,
    length: number,
    { scale, rate, correction, beta1, beta2, epsilon }: AdamStep,
  ): void {
    const x = this.numbers
    for (let k = 0; k < length; k++) {
      const g = x[gradients + k]! * scale
      const mean = beta1 * x[means + k]! + (1 - beta1) * g
      const square = beta2 * x[squares + k]! + (1 - beta2) * g * g
      x[means + k] = mean
      x[squares + k] = square
      x[parameters + k]! -= (rate * mean) / (Math.sqrt(square) * correction + epsilon)
    }
  }
}
