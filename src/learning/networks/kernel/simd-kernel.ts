/** The kernel on WebAssembly: 128-bit SIMD on 32-bit floats, from the module that `assembly/kernels.ts` becomes. */
import { type AdamStep, type Kernel, padded, type Strided } from './kernel.ts'
import { KERNEL_BASE64 } from './kernel-module.ts'

/** What is used of the platform's WebAssembly, which neither the language nor Node's types declare. */
declare const WebAssembly:
  | {
      validate(bytes: Uint8Array): boolean
      readonly Module: new (bytes: Uint8Array) => object
      readonly Instance: new (module: object) => { readonly exports: unknown }
    }
  | undefined

/** What the module exports; addresses are in bytes. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  gemm(
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    c: number,
    rows: number,
    columns: number,
    depth: number,
    bias: number,
    relu: number,
  ): void
  transpose(from: number, to: number, rows: number, columns: number): void
  columnSums(from: number, to: number, rows: number, columns: number): void
  reluMask(activations: number, gradients: number, length: number, factor: number): void
  sumOfSquares(from: number, length: number): number
  adam(
    parameters: number,
    gradients: number,
    means: number,
    squares: number,
    length: number,
    scale: number,
    rate: number,
    correction: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void
}

const PAGE_BYTES = 65_536
/** Address 0 says "no bias", so nothing may stand there. */
const FIRST_FREE = 4

const bytes = Buffer.from(KERNEL_BASE64, 'base64')
let compiled: object | undefined

export class SimdKernel implements Kernel {
  readonly name = 'simd'
  numbers: Float32Array
  readonly #exports: Exports
  #used = FIRST_FREE

  /** Whether this platform can run it. */
  static readonly supported = typeof WebAssembly === 'object' && WebAssembly.validate(bytes)

  constructor() {
    compiled ??= new WebAssembly!.Module(bytes)
    this.#exports = new WebAssembly!.Instance(compiled).exports as Exports
    this.numbers = new Float32Array(this.#exports.memory.buffer)
  }

  allocate(length: number): number {
    const at = this.#used
    this.#used = padded(at + length)
    const missing = this.#used * 4 - this.#exports.memory.buffer.byteLength
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES))
      this.numbers = new Float32Array(this.#exports.memory.buffer)
    }
    return at
  }

  copy(at: number, length: number): Float32Array {
    return this.numbers.slice(at, at + length)
  }

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
    const { at, row, column } = a
    const flag = relu ? 1 : 0
    this.#exports.gemm(at * 4, row * 4, column * 4, b * 4, c * 4, rows, columns, depth, bias * 4, flag)
  }

  transpose(from: number, to: number, rows: number, columns: number): void {
    this.#exports.transpose(from * 4, to * 4, rows, columns)
  }

  columnSums(from: number, to: number, rows: number, columns: number): void {
    this.#exports.columnSums(from * 4, to * 4, rows, columns)
  }

  reluMask(activations: number, gradients: number, length: number, factor: number): void {
    this.#exports.reluMask(activations * 4, gradients * 4, length, factor)
  }

  sumOfSquares(at: number, length: number): number {
    return this.#exports.sumOfSquares(at * 4, length)
  }

  adam(
    parameters: number,
    gradients: number,
    means: number,
    squares: number,
    length: number,
    { scale, rate, correction, beta1, beta2, epsilon }: AdamStep,
  ): void {
    this.#exports.adam(
      parameters * 4,
      gradients * 4,
      means * 4,
      squares * 4,
      length,
      scale,
      rate,
      correction,
      beta1,
      beta2,
      epsilon,
    )
  }
}
