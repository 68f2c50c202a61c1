/**
 * From the outputs of a network to the values of the actions of each decision, and back with the gradients.
 *
 * Two kinds of decision have one form. Among *candidates* (instances) every candidate is a row, and the network gives one
 * number per row with weights shared by all: it serves any number of them. Among *fixed actions* (strategies) a decision is
 * one row, and the network gives one number per action.
 *
 * A dueling head (Wang et al., Dueling network architectures for deep reinforcement learning, ICML 2016, eq. 9) has one
 * number more per row, the value of the state, in the first place:
 *
 *     Q(s,a) = V(s) + A(s,a) - mean_b A(s,b)
 *
 * Deviation: among candidates each row has a V of its own, and V(s) is their mean; so the order of rows does not matter.
 */
import { type Numbers, padded } from './kernel/kernel.ts'

export interface ActionHeadOptions {
  /** 1 among candidates, else the number of fixed actions. */
  readonly actionsPerRow: number
  readonly dueling: boolean
}

export class ActionHead {
  readonly actionsPerRow: number
  readonly dueling: boolean
  /** Numbers per row that the network has to give. */
  readonly outputs: number
  readonly #stride: number

  constructor({ actionsPerRow, dueling }: ActionHeadOptions) {
    this.actionsPerRow = actionsPerRow
    this.dueling = dueling
    this.outputs = actionsPerRow + (dueling ? 1 : 0)
    this.#stride = padded(this.outputs)
  }

  /**
   * The values of the actions of several decisions.
   *
   * @param outputs memory in which the outputs stand from `at` on, as padded rows
   * @param starts shape [decisions + 1]: the rows of decision d stand from starts[d] up to starts[d + 1]
   * @param values shape [at least rows x actionsPerRow], overwritten
   */
  read(outputs: Numbers, at: number, starts: Int32Array, decisions: number, values: Float64Array): void {
    const actions = this.actionsPerRow
    const stride = this.#stride
    const first = this.dueling ? 1 : 0
    const rows = starts[decisions]!
    for (let row = 0, a = 0; row < rows; row++) {
      const cell = at + row * stride + first
      for (let k = 0; k < actions; k++) values[a++] = outputs[cell + k]!
    }
    if (this.dueling) this.#addStateValues(outputs, at, starts, decisions, values)
  }

  #addStateValues(
    outputs: Numbers,
    at: number,
    starts: Int32Array,
    decisions: number,
    values: Float64Array,
  ): void {
    for (let d = 0; d < decisions; d++) {
      const from = starts[d]! * this.actionsPerRow
      const to = starts[d + 1]! * this.actionsPerRow
      let value = 0
      let advantages = 0
      for (let row = starts[d]!; row < starts[d + 1]!; row++) value += outputs[at + row * this.#stride]!
      for (let a = from; a < to; a++) advantages += values[a]!
      const shift = value / (starts[d + 1]! - starts[d]!) - advantages / (to - from)
      for (let a = from; a < to; a++) values[a]! += shift
    }
  }

  /**
   * The way back: gradients of the outputs from those of the values.
   *
   * @param gradients shape [rows x actionsPerRow]
   * @param flow memory in which the gradients of the outputs are written from `at` on, as rows with their padding, up to a
   *   multiple of 4 of them
   */
  write(gradients: Float64Array, starts: Int32Array, decisions: number, flow: Numbers, at: number): void {
    const actions = this.actionsPerRow
    const stride = this.#stride
    const first = this.dueling ? 1 : 0
    const rows = starts[decisions]!
    flow.fill(0, at, at + padded(rows) * stride)
    for (let row = 0, a = 0; row < rows; row++) {
      const cell = at + row * stride + first
      for (let k = 0; k < actions; k++) flow[cell + k] = gradients[a++]!
    }
    if (!this.dueling) return
    for (let d = 0; d < decisions; d++) {
      const from = starts[d]! * actions
      const to = starts[d + 1]! * actions
      let sum = 0
      for (let a = from; a < to; a++) sum += gradients[a]!
      const mean = sum / (to - from)
      const share = sum / (starts[d + 1]! - starts[d]!)
      for (let row = starts[d]!; row < starts[d + 1]!; row++) {
        const cell = at + row * stride
        flow[cell] = share
        for (let k = 1; k <= actions; k++) flow[cell + k]! -= mean
      }
    }
  }
}
