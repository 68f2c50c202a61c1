/**
 * Gradients of a network, and Adam (Kingma & Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1):
 *
 *     m = beta1 m + (1 - beta1) g        w = w - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *     v = beta2 v + (1 - beta2) g^2
 *
 * with beta1 0.9, beta2 0.999, epsilon 1e-8 as there. Before, the gradient is scaled down to a norm of `clipNorm` if it is
 * longer (Pascanu, Mikolov & Bengio 2013; 10 for networks of this kind: Wang et al. 2016).
 */
import { LearningError } from '../../core/index.ts'
import { NONE, type Numbers, padded } from './kernel/kernel.ts'
import type { Network } from './network.ts'

const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = 1e-8

export interface BackpropagationOptions {
  readonly learningRate: number
  /** Longest gradient that is taken as it is. */
  readonly clipNorm: number
  /** Factor on what flows from the last layer into the ones before: 1/sqrt(2) where two streams meet there (dueling). */
  readonly trunkFactor: number
}

/** What an optimiser remembers: for checkpoints. */
export interface AdamMemory {
  readonly steps: number
  readonly means: Numbers
  readonly squares: Numbers
}

export class Backpropagation {
  readonly #network: Network
  readonly #options: BackpropagationOptions
  /** In the layout of the parameters. */
  readonly gradientsAt: number
  readonly #means: number
  readonly #squares: number
  /** Shape [capacity x paddedOutputs] by layer: gradients of what it gave. */
  readonly #flows: readonly number[]
  readonly #transposed: number
  #steps = 0

  constructor(network: Network, options: BackpropagationOptions) {
    const { kernel, layers, capacity, parametersLength } = network
    this.#network = network
    this.#options = options
    this.gradientsAt = kernel.allocate(parametersLength)
    this.#means = kernel.allocate(parametersLength)
    this.#squares = kernel.allocate(parametersLength)
    this.#flows = layers.map(({ paddedOutputs }) => kernel.allocate(capacity * paddedOutputs))
    const largest = Math.max(...layers.map(({ paddedInputs, paddedOutputs }) => paddedInputs * paddedOutputs))
    this.#transposed = kernel.allocate(largest)
  }

  /**
   * Where the gradients of the outputs are to be written before `backward`: shape [rows x paddedOutputs], and 0 in
   * columns of padding and in rows up to the next multiple of 4.
   */
  get outputFlow(): number {
    return this.#flows.at(-1)!
  }

  /** Gradients of the parameters, after `forward` with the same input and rows. */
  backward(input: number, rows: number): void {
    const { kernel, layers } = this.#network
    const passes = padded(rows)
    for (let l = layers.length - 1; l >= 0; l--) {
      const { inputs, paddedInputs, paddedOutputs, weights, bias } = layers[l]!
      const flow = this.#flows[l]!
      const before = layers[l - 1]
      const from = before === undefined ? input : before.activations
      const width = before === undefined ? inputs : before.paddedOutputs
      const gradients = this.#gradientOf(weights)
      const transposedInput = { at: from, row: 1, column: width }
      kernel.multiply(transposedInput, flow, gradients, paddedInputs, paddedOutputs, rows, NONE, false)
      kernel.columnSums(flow, this.#gradientOf(bias), rows, paddedOutputs)
      if (before === undefined) {
        // Rows of the input have no padding: what was summed there is of the next row.
        kernel.numbers.fill(0, gradients + inputs * paddedOutputs, gradients + paddedInputs * paddedOutputs)
        return
      }
      kernel.transpose(weights, this.#transposed, paddedInputs, paddedOutputs)
      const rest = this.#flows[l - 1]!
      const a = { at: flow, row: paddedOutputs, column: 1 }
      kernel.multiply(a, this.#transposed, rest, passes, paddedInputs, paddedOutputs, NONE, false)
      const factor = l === layers.length - 1 ? this.#options.trunkFactor : 1
      kernel.reluMask(before.activations, rest, passes * paddedInputs, factor)
    }
  }

  #gradientOf(parameter: number): number {
    return this.gradientsAt + (parameter - this.#network.parametersAt)
  }

  /**
   * One step down the gradients.
   *
   * @throws LearningError if they are no numbers: the training has diverged
   */
  step(): void {
    const { kernel, parametersAt, parametersLength } = this.#network
    const { learningRate, clipNorm } = this.#options
    const norm = Math.sqrt(kernel.sumOfSquares(this.gradientsAt, parametersLength))
    if (!Number.isFinite(norm)) {
      throw new LearningError(
        'the training diverged (a gradient is infinite): use a smaller learningRate, or look for rewards out of range',
      )
    }
    const t = ++this.#steps
    kernel.adam(parametersAt, this.gradientsAt, this.#means, this.#squares, parametersLength, {
      scale: norm > clipNorm ? clipNorm / norm : 1,
      rate: learningRate / (1 - BETA_1 ** t),
      correction: 1 / Math.sqrt(1 - BETA_2 ** t),
      beta1: BETA_1,
      beta2: BETA_2,
      epsilon: EPSILON,
    })
  }

  get memory(): AdamMemory {
    const { kernel, parametersLength } = this.#network
    return {
      steps: this.#steps,
      means: kernel.copy(this.#means, parametersLength),
      squares: kernel.copy(this.#squares, parametersLength),
    }
  }

  set memory({ steps, means, squares }: AdamMemory) {
    this.#steps = steps
    this.#network.kernel.numbers.set(means, this.#means)
    this.#network.kernel.numbers.set(squares, this.#squares)
  }
}
