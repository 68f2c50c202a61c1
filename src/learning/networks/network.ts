/**
 * A multilayer perceptron: y = W_n relu(... relu(W_1 x + b_1) ...) + b_n.
 *
 * Weights stand as [inputs][outputs] of each layer, padded to multiples of 4 with zeros that stay zeros (nothing flows
 * through them, and their gradients are 0), all parameters in one piece: one step of an optimiser is one call.
 */
import type { Random } from '../../core/index.ts'
import { type Kernel, type Numbers, padded, type Strided } from './kernel/kernel.ts'

/** Where the parts of one layer stand in the memory of the kernel. */
export interface Layer {
  readonly inputs: number
  readonly outputs: number
  readonly paddedInputs: number
  readonly paddedOutputs: number
  /** Shape [paddedInputs x paddedOutputs]. */
  readonly weights: number
  /** Shape [paddedOutputs]. */
  readonly bias: number
  /** Shape [capacity x paddedOutputs]: what the layer last gave. */
  readonly activations: number
}

/** One layer in plain numbers, without padding. */
export interface LayerWeights {
  readonly inputs: number
  readonly outputs: number
  /** Shape [inputs x outputs], row-major. */
  readonly weights: Float32Array
  /** Shape [outputs]. */
  readonly bias: Float32Array
}

export class Network {
  readonly kernel: Kernel
  readonly layers: readonly Layer[]
  /** All parameters in one piece: where they begin, and how many there are, padding included. */
  readonly parametersAt: number
  readonly parametersLength: number
  /** Parameters without the padding. */
  readonly size: number
  /** Rows that fit into one pass: a multiple of 4. */
  readonly capacity: number

  /**
   * @param sizes numbers per row: of the input, of each hidden layer, of the output
   * @param capacity most rows of one pass
   */
  constructor(kernel: Kernel, sizes: readonly number[], capacity: number) {
    this.kernel = kernel
    this.capacity = padded(capacity)
    const pairs = sizes.slice(1).map((outputs, i) => ({ inputs: sizes[i]!, outputs }))
    const lengths = pairs.map(({ inputs, outputs }) => (padded(inputs) + 1) * padded(outputs))
    this.parametersLength = lengths.reduce((sum, length) => sum + length, 0)
    this.parametersAt = kernel.allocate(this.parametersLength)
    this.size = pairs.reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0)
    let at = this.parametersAt
    this.layers = pairs.map(({ inputs, outputs }, i) => {
      const paddedInputs = padded(inputs)
      const paddedOutputs = padded(outputs)
      const weights = at
      at += lengths[i]!
      const bias = weights + paddedInputs * paddedOutputs
      const activations = kernel.allocate(this.capacity * paddedOutputs)
      return { inputs, outputs, paddedInputs, paddedOutputs, weights, bias, activations }
    })
  }

  get inputs(): number {
    return this.layers[0]!.inputs
  }

  get output(): Layer {
    return this.layers.at(-1)!
  }

  /**
   * Uniform in +- 1/sqrt(inputs) for weights and biases, as PyTorch's Linear (and so d3rlpy) begins: He et al. 2015 with
   * the gain 1/sqrt(3).
   */
  initialise(random: Random): void {
    const { numbers } = this.kernel
    for (const { inputs, outputs, paddedOutputs, weights, bias } of this.layers) {
      const bound = 1 / Math.sqrt(inputs)
      for (let i = 0; i < inputs; i++) {
        for (let j = 0; j < outputs; j++)
          numbers[weights + i * paddedOutputs + j] = bound * (2 * random() - 1)
      }
      for (let j = 0; j < outputs; j++) numbers[bias + j] = bound * (2 * random() - 1)
    }
  }

  /**
   * Fills the activations of all layers.
   *
   * @param input index of rows [rows x inputs], one right behind the other; room for `capacity` of them
   * @param rows at most `capacity`; what stands in the rows up to the next multiple of 4 does not matter
   */
  forward(input: number, rows: number): void {
    const { kernel, layers } = this
    const passes = padded(rows)
    let a: Strided = { at: input, row: this.inputs, column: 1 }
    for (const layer of layers) {
      const { inputs, paddedOutputs, weights, bias, activations } = layer
      const hidden = layer !== this.output
      kernel.multiply(a, weights, activations, passes, paddedOutputs, inputs, bias, hidden)
      a = { at: activations, row: paddedOutputs, column: 1 }
    }
  }

  copyFrom(other: Network): void {
    const { parametersAt: from, parametersLength: length } = other
    this.kernel.numbers.set(other.kernel.numbers.subarray(from, from + length), this.parametersAt)
  }

  /** The parameters as they stand in memory: for checkpoints. */
  get parameters(): Numbers {
    return this.kernel.copy(this.parametersAt, this.parametersLength)
  }

  set parameters(values: ArrayLike<number>) {
    this.kernel.numbers.set(values, this.parametersAt)
  }

  /** The layers without padding: for models on disk. */
  toLayers(): LayerWeights[] {
    const { numbers } = this.kernel
    return this.layers.map(({ inputs, outputs, paddedOutputs, weights, bias }) => {
      const plain = new Float32Array(inputs * outputs)
      for (let i = 0; i < inputs; i++) {
        for (let j = 0; j < outputs; j++) plain[i * outputs + j] = numbers[weights + i * paddedOutputs + j]!
      }
      return {
        inputs,
        outputs,
        weights: plain,
        bias: Float32Array.from(numbers.subarray(bias, bias + outputs)),
      }
    })
  }

  static ofLayers(kernel: Kernel, layers: readonly LayerWeights[], capacity: number): Network {
    const sizes = [layers[0]!.inputs, ...layers.map(({ outputs }) => outputs)]
    const network = new Network(kernel, sizes, capacity)
    const { numbers } = kernel
    for (const [index, { inputs, outputs, weights, bias }] of layers.entries()) {
      const to = network.layers[index]!
      for (let i = 0; i < inputs; i++) {
        numbers.set(weights.subarray(i * outputs, (i + 1) * outputs), to.weights + i * to.paddedOutputs)
      }
      numbers.set(bias, to.bias)
    }
    return network
  }
}
