/** A trained network that serves: rows in, values out. All policies of a model share one, since they take turns. */
import { ActionHead } from './action-head.ts'
import { barFixed, barUnlikely } from './allowed-actions.ts'
import { createKernel } from './kernel/create-kernel.ts'
import type { Kernel, Numbers } from './kernel/kernel.ts'
import { Network } from './network.ts'
import type { NetworkContent } from './network-files.ts'

const FIRST_CAPACITY = 16

export class NetworkScorer {
  readonly content: NetworkContent
  /** Shape [rows x actions per row]: what `score` last gave, in units of the scaled reward; -Infinity where barred. */
  values!: Float64Array
  readonly #kind: Kernel['name'] | undefined
  readonly #valueHead: ActionHead
  readonly #logitHead: ActionHead
  readonly #starts = new Int32Array(2)
  #kernel!: Kernel
  #network!: Network
  #imitation: Network | undefined
  #logits!: Float64Array
  #input = 0

  /** @param kind of kernel; the best there is unless told otherwise */
  constructor(content: NetworkContent, kind?: Kernel['name']) {
    this.content = content
    this.#kind = kind
    this.#valueHead = new ActionHead(content.head)
    this.#logitHead = new ActionHead({ ...content.head, dueling: false })
    this.#build(FIRST_CAPACITY)
  }

  /** Where the rows of a decision are to be written, from `inputAt` on, one right behind the other. */
  rowsFor(count: number): Numbers {
    if (count > this.#network.capacity) this.#build(count * 2)
    return this.#kernel.numbers
  }

  get inputAt(): number {
    return this.#input
  }

  /** Fills `values` for the rows of one decision. */
  score(rows: number): void {
    const { numbers } = this.#kernel
    const starts = this.#starts
    starts[1] = rows
    this.#network.forward(this.#input, rows)
    this.#valueHead.read(numbers, this.#network.output.activations, starts, 1, this.values)
    const { barred, imitation, head } = this.content
    if (barred.length > 0) barFixed(barred, head.actionsPerRow, rows, this.values)
    if (imitation === undefined) return
    const imitating = this.#imitation!
    imitating.forward(this.#input, rows)
    this.#logitHead.read(numbers, imitating.output.activations, starts, 1, this.#logits)
    barUnlikely(this.#logits, 0, rows * head.actionsPerRow, imitation.threshold, this.values)
  }

  #build(capacity: number): void {
    const { values, imitation, head } = this.content
    this.#kernel = createKernel(this.#kind)
    this.#network = Network.ofLayers(this.#kernel, values, capacity)
    this.#imitation = imitation && Network.ofLayers(this.#kernel, imitation.layers, capacity)
    // Products read whole squares of 4 x 4.
    this.#input = this.#kernel.allocate(this.#network.capacity * this.#network.inputs + 4)
    this.values = new Float64Array(this.#network.capacity * head.actionsPerRow)
    this.#logits = new Float64Array(this.values.length)
  }
}
