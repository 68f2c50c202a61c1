/**
 * A network that imitates the logger, so that values need not be believed where the log has next to nothing: cross-entropy
 * of the logged action, and a little weight on the logits, as in the authors' code of discrete BCQ
 * (Fujimoto, Conti, Ghavamzadeh & Pineau, Benchmarking batch deep RL algorithms, 2019, arXiv 1910.01708):
 *
 *     loss = 1/n sum [ -log softmax(logits)_a + 0.01 mean_b logits_b^2 ]
 */
import type { Random } from '../../core/index.ts'
import type { HyperParameters } from '../learners/hyper-parameter.ts'
import type { TrainerState } from '../learners/learner.ts'
import { ActionHead } from './action-head.ts'
import { barUnlikely } from './allowed-actions.ts'
import { Backpropagation } from './backpropagation.ts'
import type { Batch } from './batch.ts'
import type { Kernel } from './kernel/kernel.ts'
import { Network } from './network.ts'
import { softmax } from './softmax.ts'

const LOGIT_WEIGHT = 0.01

export interface ImitationOptions {
  readonly kernel: Kernel
  readonly sizes: readonly number[]
  /** Most rows of a batch. */
  readonly rows: number
  readonly threshold: number
  readonly settings: HyperParameters
  readonly random: Random
}

export class Imitation {
  readonly network: Network
  readonly #threshold: number
  readonly #head: ActionHead
  readonly #backpropagation: Backpropagation
  readonly #logits: Float64Array
  readonly #gradients: Float64Array

  constructor({ kernel, sizes, rows, threshold, settings, random }: ImitationOptions) {
    const actionsPerRow = sizes.at(-1)!
    this.#threshold = threshold
    this.#head = new ActionHead({ actionsPerRow, dueling: false })
    this.network = new Network(kernel, sizes, rows)
    this.network.initialise(random)
    const { learningRate, clipNorm } = settings
    this.#backpropagation = new Backpropagation(this.network, {
      learningRate: learningRate!,
      clipNorm: clipNorm!,
      trunkFactor: 1,
    })
    this.#logits = new Float64Array(rows * actionsPerRow)
    this.#gradients = new Float64Array(rows * actionsPerRow)
  }

  /** Bars the actions of a batch that the logger would hardly have taken: their values become -Infinity. */
  bar(batch: Batch, values: Float64Array): void {
    this.#evaluate(batch)
    const actions = this.#head.actionsPerRow
    for (let d = 0; d < batch.decisions; d++) {
      const start = batch.starts[d]! * actions
      barUnlikely(this.#logits, start, batch.starts[d + 1]! * actions, this.#threshold, values)
    }
  }

  step(batch: Batch, chosen: Int32Array, order: Uint32Array, from: number): void {
    this.descend(batch, chosen, order, from)
    this.#backpropagation.step()
  }

  /** Leaves the gradients of the mean loss at `gradientsAt`, in the layout of the network's parameters. */
  descend(batch: Batch, chosen: Int32Array, order: Uint32Array, from: number): void {
    this.lossOf(batch, chosen, order, from)
    const { numbers } = this.network.kernel
    const { outputFlow } = this.#backpropagation
    this.#head.write(this.#gradients, batch.starts, batch.decisions, numbers, outputFlow)
    this.#backpropagation.backward(batch.at, batch.rows)
  }

  get gradientsAt(): number {
    return this.#backpropagation.gradientsAt
  }

  /** Sum of the losses of a batch, of the decisions from `from` on in `order`; leaves the gradients of the logits. */
  lossOf(batch: Batch, chosen: Int32Array, order: Uint32Array, from: number): number {
    this.#evaluate(batch)
    const { starts, decisions } = batch
    const logits = this.#logits
    const gradients = this.#gradients
    const actions = this.#head.actionsPerRow
    let loss = 0
    for (let d = 0; d < decisions; d++) {
      const start = starts[d]! * actions
      const end = starts[d + 1]! * actions
      const taken = start + chosen[order[from + d]!]!
      loss += softmax(logits, start, end, gradients) - logits[taken]!
      gradients[taken]! -= 1
      for (let a = start; a < end; a++) {
        loss += (LOGIT_WEIGHT * logits[a]! ** 2) / (end - start)
        gradients[a] = (gradients[a]! + (2 * LOGIT_WEIGHT * logits[a]!) / (end - start)) / decisions
      }
    }
    return loss
  }

  save(): TrainerState['arrays'] {
    const { means, squares } = this.#backpropagation.memory
    return { imitation: this.network.parameters, imitationMeans: means, imitationSquares: squares }
  }

  restore(steps: number, arrays: TrainerState['arrays']): void {
    this.network.parameters = arrays.imitation!
    const means = arrays.imitationMeans as Float32Array
    this.#backpropagation.memory = { steps, means, squares: arrays.imitationSquares as Float32Array }
  }

  #evaluate(batch: Batch): void {
    this.network.forward(batch.at, batch.rows)
    const { kernel, output } = this.network
    this.#head.read(kernel.numbers, output.activations, batch.starts, batch.decisions, this.#logits)
  }
}
