/**
 * The arithmetic that networks are made of: a port with two fillings, `SimdKernel` (WebAssembly, 32-bit floats) and
 * `PlainKernel` (64-bit floats; oracle of the tests, and fallback where WebAssembly has no SIMD).
 *
 * A kernel is also the memory of its networks: one array of numbers, in which matrices stand row-major. They are named by
 * the index of their first number; rows and columns are multiples of 4, padded with zeros.
 */

export type Numbers = Float32Array | Float64Array

/** `a` of a product: where it begins, and the distances between its rows and between its columns. */
export interface Strided {
  readonly at: number
  readonly row: number
  readonly column: number
}

export interface AdamStep {
  /** Factor on the gradients: what clipping leaves of them. */
  readonly scale: number
  /** Learning rate / (1 - beta1^t), and 1 / sqrt(1 - beta2^t). */
  readonly rate: number
  readonly correction: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** No bias. */
export const NONE = 0

export interface Kernel {
  readonly name: 'simd' | 'plain'
  /** The whole memory. Another array after `allocate`: do not keep it. */
  readonly numbers: Numbers
  /** Room for `length` numbers, all 0; the index of the first, which is a multiple of 4 and never 0. */
  allocate(length: number): number
  /** An array of its own, of this kernel's precision. */
  copy(at: number, length: number): Numbers
  /**
   * c = a b + bias, then max(0, c) if `relu`: a [rows x depth], b [depth x columns], c [rows x columns].
   *
   * @param bias shape [columns]; NONE for 0
   */
  multiply(
    a: Strided,
    b: number,
    c: number,
    rows: number,
    columns: number,
    depth: number,
    bias: number,
    relu: boolean,
  ): void
  /** to [columns x rows] = from [rows x columns] transposed. */
  transpose(from: number, to: number, rows: number, columns: number): void
  /** to [columns] = sums over the rows of `from`. */
  columnSums(from: number, to: number, rows: number, columns: number): void
  /** gradients = factor x gradients where the activation is above 0, else 0. */
  reluMask(activations: number, gradients: number, length: number, factor: number): void
  sumOfSquares(at: number, length: number): number
  /** Adam (Kingma & Ba 2015) on `length` parameters, with their running means and squares. */
  adam(
    parameters: number,
    gradients: number,
    means: number,
    squares: number,
    length: number,
    step: AdamStep,
  ): void
}

/** The next multiple of 4. */
export function padded(length: number): number {
  return (length + 3) & ~3
}
