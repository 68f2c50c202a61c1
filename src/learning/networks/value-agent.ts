/**
 * Fitted action values: the gradient steps that all learners of networks share. For a minibatch of n decisions
 *
 *     y     = r                                     where the process ended, or gamma is 0
 *     y     = r + gamma Q'(s', argmax_b Q(s',b))    double (van Hasselt, Guez & Silver, AAAI 2016)
 *     y     = r + gamma max_b Q'(s',b)              otherwise (Mnih et al., Nature 2015)
 *     loss  = 1/n sum [ Huber(Q(s,a) - y) + penalty ]
 *
 * Q' is the target network, a copy of Q that is renewed every `targetUpdate` steps. What b may be, and the penalty, are the
 * learner's (`NetworkRule`).
 */
import { LearningError, type Random } from '../../core/index.ts'
import type { HyperParameters } from '../learners/hyper-parameter.ts'
import type { TrainerState } from '../learners/learner.ts'
import { ActionHead } from './action-head.ts'
import { barFixed, highestOf } from './allowed-actions.ts'
import { Backpropagation } from './backpropagation.ts'
import { Batch } from './batch.ts'
import type { Decisions } from './decisions.ts'
import { Imitation } from './imitation.ts'
import type { Kernel } from './kernel/kernel.ts'
import { type LayerWeights, Network } from './network.ts'
import { hiddenSizes } from './network-hyper-parameters.ts'
import type { NetworkRuleParts } from './network-rule.ts'
import { type Losses, tdLoss } from './td-loss.ts'

export interface ValueAgentOptions {
  readonly kernel: Kernel
  readonly parts: NetworkRuleParts
  /** Complete, see `NETWORK_HYPER_PARAMETERS`. */
  readonly settings: HyperParameters
  /** From whose shape the networks and buffers are made. */
  readonly decisions: Pick<Decisions, 'inputs' | 'actionsPerRow' | 'mostRows' | 'barred'>
  /** Draws the first weights. */
  readonly random: Random
}

export class ValueAgent {
  readonly network: Network
  readonly head: ActionHead
  /** Only where the rule has it. */
  readonly imitation: Imitation | undefined
  readonly batchSize: number
  readonly #parts: NetworkRuleParts
  readonly #settings: HyperParameters
  readonly #target: Network
  readonly #kept: Network
  readonly #keptImitation: Network | undefined
  readonly #backpropagation: Backpropagation
  readonly #batch: Batch
  readonly #barred: readonly number[]
  /** Shape [actions of a batch]. */
  readonly #values: Float64Array
  readonly #gradients: Float64Array
  readonly #targets: Float64Array
  readonly #best: Int32Array
  #steps = 0

  constructor({ kernel, parts, settings, decisions, random }: ValueAgentOptions) {
    const { inputs, actionsPerRow, mostRows, barred } = decisions
    this.#barred = barred
    this.#parts = parts
    this.#settings = settings
    this.batchSize = settings.batchSize!
    this.head = new ActionHead({ actionsPerRow, dueling: parts.dueling })
    const rows = this.batchSize * mostRows
    const hidden = hiddenSizes(settings)
    this.network = new Network(kernel, [inputs, ...hidden, this.head.outputs], rows)
    this.network.initialise(random)
    this.#target = new Network(kernel, [inputs, ...hidden, this.head.outputs], rows)
    this.#target.copyFrom(this.network)
    this.#kept = new Network(kernel, [inputs, ...hidden, this.head.outputs], 0)
    this.#backpropagation = new Backpropagation(this.network, {
      learningRate: settings.learningRate!,
      clipNorm: settings.clipNorm!,
      trunkFactor: parts.dueling ? Math.SQRT1_2 : 1,
    })
    this.#batch = new Batch(kernel, inputs, this.batchSize, mostRows)
    this.#values = new Float64Array(rows * actionsPerRow)
    this.#gradients = new Float64Array(rows * actionsPerRow)
    this.#targets = new Float64Array(this.batchSize)
    this.#best = new Int32Array(this.batchSize)
    if (parts.imitationThreshold !== undefined) {
      const sizes = [inputs, ...hidden, actionsPerRow]
      this.imitation = new Imitation({
        kernel,
        sizes,
        rows,
        threshold: parts.imitationThreshold,
        settings,
        random,
      })
      this.#keptImitation = new Network(kernel, sizes, 0)
    }
  }

  /** Parameters of all that it learns. */
  get size(): number {
    return this.network.size + (this.imitation?.network.size ?? 0)
  }

  /** Remembers the networks as they are now. */
  keep(): void {
    this.#kept.copyFrom(this.network)
    if (this.imitation !== undefined) this.#keptImitation!.copyFrom(this.imitation.network)
  }

  /** The networks as they were at the last `keep`. */
  get kept(): { readonly values: LayerWeights[]; readonly imitation: LayerWeights[] | undefined } {
    return { values: this.#kept.toLayers(), imitation: this.#keptImitation?.toLayers() }
  }

  /** One gradient step on the decisions order[from..to), of which there are at most `batchSize`. */
  step(decisions: Decisions, order: Uint32Array, from: number, to: number): Losses {
    const losses = this.descend(decisions, order, from, to)
    this.#backpropagation.step()
    this.imitation?.step(this.#batch, decisions.chosen, order, from)
    if (++this.#steps % this.#settings.targetUpdate! === 0) this.#target.copyFrom(this.network)
    return losses
  }

  /** Leaves the gradients of the mean loss at `gradientsAt`, in the layout of the network's parameters. */
  descend(decisions: Decisions, order: Uint32Array, from: number, to: number): Losses {
    const losses = this.#loss(decisions, order, from, to)
    const { at, starts, rows } = this.#batch
    const { numbers } = this.network.kernel
    this.head.write(this.#gradients, starts, to - from, numbers, this.#backpropagation.outputFlow)
    this.#backpropagation.backward(at, rows)
    return losses
  }

  get gradientsAt(): number {
    return this.#backpropagation.gradientsAt
  }

  /** Losses of the decisions `order`, without a step. */
  lossesOf(decisions: Decisions, order: Uint32Array): Losses {
    let squaredTdError = 0
    let objective = 0
    for (let from = 0; from < order.length; from += this.batchSize) {
      const to = Math.min(order.length, from + this.batchSize)
      const losses = this.#loss(decisions, order, from, to)
      squaredTdError += losses.squaredTdError
      objective += losses.objective
      if (this.imitation) objective += this.imitation.lossOf(this.#batch, decisions.chosen, order, from)
    }
    return { squaredTdError, objective }
  }

  /** Tells what the policy goes by: of each decision the values of its actions, -Infinity where barred. */
  judge(
    decisions: Decisions,
    order: Uint32Array,
    tell: (i: number, values: Float64Array, start: number, end: number) => void,
  ): void {
    const actions = this.head.actionsPerRow
    for (let from = 0; from < order.length; from += this.batchSize) {
      const to = Math.min(order.length, from + this.batchSize)
      this.#batch.load(decisions.current, order, from, to)
      this.#evaluate(this.network)
      this.#bar()
      const { starts } = this.#batch
      for (let d = 0; d < to - from; d++) {
        tell(order[from + d]!, this.#values, starts[d]! * actions, starts[d + 1]! * actions)
      }
    }
  }

  save(): TrainerState {
    const { means, squares } = this.#backpropagation.memory
    const own = { parameters: this.network.parameters, target: this.#target.parameters, means, squares }
    const arrays = { ...own, kept: this.#kept.parameters }
    if (this.imitation === undefined) return { facts: { steps: this.#steps }, arrays }
    const imitation = { ...this.imitation.save(), keptImitation: this.#keptImitation!.parameters }
    return { facts: { steps: this.#steps }, arrays: { ...arrays, ...imitation } }
  }

  /** @throws LearningError if the state is of another training */
  restore({ facts, arrays }: TrainerState): void {
    for (const [name, own] of Object.entries(this.save().arrays)) {
      if (arrays[name]?.length === own.length) continue
      throw new LearningError(
        `checkpoint: ${name}: expected ${own.length} numbers, got ${arrays[name]?.length ?? 'none'}: it is of another training`,
      )
    }
    this.#steps = facts.steps as number
    this.network.parameters = arrays.parameters as Float32Array
    this.#target.parameters = arrays.target as Float32Array
    const memory = { means: arrays.means as Float32Array, squares: arrays.squares as Float32Array }
    this.#backpropagation.memory = { steps: this.#steps, ...memory }
    this.#kept.parameters = arrays.kept as Float32Array
    if (this.imitation === undefined) return
    this.imitation.restore(this.#steps, arrays)
    this.#keptImitation!.parameters = arrays.keptImitation as Float32Array
  }

  /** Leaves the decisions in the batch, and the gradients of their values. */
  #loss(decisions: Decisions, order: Uint32Array, from: number, to: number): Losses {
    this.#findTargets(decisions, order, from, to)
    this.#batch.load(decisions.current, order, from, to)
    this.#evaluate(this.network)
    return tdLoss({
      values: this.#values,
      starts: this.#batch.starts,
      actionsPerRow: this.head.actionsPerRow,
      targets: this.#targets,
      chosen: decisions.chosen,
      rows: order.subarray(from, to),
      huberThreshold: this.#settings.huberThreshold!,
      penalty: this.#parts.penalty,
      gradients: this.#gradients,
    })
  }

  #findTargets(decisions: Decisions, order: Uint32Array, from: number, to: number): void {
    const gamma = this.#settings.gamma!
    const targets = this.#targets
    for (let k = from; k < to; k++) targets[k - from] = decisions.reward[order[k]!]!
    if (gamma === 0) return
    this.#batch.load(decisions.next, order, from, to)
    if (this.#batch.rows === 0) return
    const best = this.#best
    const { starts } = this.#batch
    const actions = this.head.actionsPerRow
    this.#evaluate(this.#parts.double ? this.network : this.#target)
    this.#bar()
    for (let d = 0; d < to - from; d++) {
      best[d] = highestOf(this.#values, starts[d]! * actions, starts[d + 1]! * actions)
    }
    if (this.#parts.double) this.#evaluate(this.#target)
    for (let d = 0; d < to - from; d++) {
      const known = starts[d + 1]! > starts[d]! && decisions.terminal[order[from + d]!] === 0
      if (known) targets[d]! += gamma * this.#values[best[d]!]!
    }
  }

  /** Takes out of the batch's values what the policy may not choose. */
  #bar(): void {
    if (this.#barred.length > 0)
      barFixed(this.#barred, this.head.actionsPerRow, this.#batch.rows, this.#values)
    this.imitation?.bar(this.#batch, this.#values)
  }

  /** Values of all actions of the batch, by one of the networks. */
  #evaluate(network: Network): void {
    const { at, starts, rows, decisions } = this.#batch
    network.forward(at, rows)
    this.head.read(network.kernel.numbers, network.output.activations, starts, decisions, this.#values)
  }
}
