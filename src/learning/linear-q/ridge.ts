/**
 * Ridge regression in closed form (Hoerl & Kennard, Ridge regression, Technometrics 12, 1970):
 *
 *     w = (X'X / n + lambda D)^-1 X'y / n
 *
 * D is the unit matrix but for entry 0, the constant, which is not held near zero. The matrix is made and factored
 * once (Cholesky, A = L L'); after that each vector y of targets costs one pass over the data and two substitutions.
 */

/** Added to the whole diagonal, so that the matrix can be factored where a column is a sum of others. */
const LEAST = 1e-9

export class Ridge {
  readonly size: number
  /** Shape [size x size], row-major; only the lower triangle counts. First X'X, then L. */
  readonly #matrix: Float64Array
  readonly #right: Float64Array
  #count = 0

  constructor(size: number) {
    this.size = size
    this.#matrix = new Float64Array(size * size)
    this.#right = new Float64Array(size)
  }

  /** Adds x x' of a vector given by its entries that are not zero; indices rise. */
  addRow(indices: Int32Array, values: Float64Array, active: number): void {
    const matrix = this.#matrix
    this.#count++
    for (let a = 0; a < active; a++) {
      const value = values[a]!
      if (value === 0) continue
      const i = indices[a]!
      const base = i * this.size
      for (let b = 0; b <= a; b++) matrix[base + indices[b]!]! += value * values[b]!
    }
  }

  /** Makes L of X'X / n + lambda D. To be called once, after the last row. */
  factor(lambda: number): void {
    const { size } = this
    const matrix = this.#matrix
    const scale = 1 / Math.max(1, this.#count)
    for (let i = 0; i < size; i++) {
      const row = i * size
      for (let j = 0; j <= i; j++) matrix[row + j]! *= scale
      matrix[row + i]! += LEAST + (i === 0 ? 0 : lambda)
    }
    for (let i = 0; i < size; i++) {
      const row = i * size
      for (let j = 0; j <= i; j++) {
        const other = j * size
        let sum = matrix[row + j]!
        for (let k = 0; k < j; k++) sum -= matrix[row + k]! * matrix[other + k]!
        matrix[row + j] = i === j ? Math.sqrt(Math.max(sum, LEAST)) : sum / matrix[other + j]!
      }
    }
  }

  /** Forgets the targets. */
  clearTargets(): void {
    this.#right.fill(0)
  }

  addTarget(indices: Int32Array, values: Float64Array, active: number, target: number): void {
    for (let a = 0; a < active; a++) this.#right[indices[a]!]! += values[a]! * target
  }

  /** @param weights shape [size], overwritten with w */
  solve(weights: Float64Array): void {
    const { size } = this
    const matrix = this.#matrix
    const scale = 1 / Math.max(1, this.#count)
    for (let i = 0; i < size; i++) {
      let sum = this.#right[i]! * scale
      for (let k = 0; k < i; k++) sum -= matrix[i * size + k]! * weights[k]!
      weights[i] = sum / matrix[i * size + i]!
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = weights[i]!
      for (let k = i + 1; k < size; k++) sum -= matrix[k * size + i]! * weights[k]!
      weights[i] = sum / matrix[i * size + i]!
    }
  }
}
