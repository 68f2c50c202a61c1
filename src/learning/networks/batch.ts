/** Some decisions side by side in the memory of a kernel: what one pass of a network goes over. */
import type { DecisionRows } from './decisions.ts'
import { type Kernel, padded } from './kernel/kernel.ts'

export class Batch {
  /** Index of the first row. */
  readonly at: number
  /** Shape [decisions + 1]: where the rows of each decision begin. */
  readonly starts: Int32Array
  decisions = 0
  readonly #kernel: Kernel
  readonly #inputs: number

  /** @param mostDecisions @param mostRows of one decision */
  constructor(kernel: Kernel, inputs: number, mostDecisions: number, mostRows: number) {
    this.#kernel = kernel
    this.#inputs = inputs
    // Products read whole squares of 4 x 4: a few numbers behind the last row have to be there.
    this.at = kernel.allocate(padded(mostDecisions * mostRows) * inputs + 4)
    this.starts = new Int32Array(mostDecisions + 1)
  }

  get rows(): number {
    return this.starts[this.decisions]!
  }

  /** Loads the decisions order[from..to). */
  load(rows: DecisionRows, order: Uint32Array, from: number, to: number): void {
    const { numbers } = this.#kernel
    this.decisions = to - from
    let row = 0
    for (let k = from; k < to; k++) {
      const i = order[k]!
      rows.write(i, numbers, this.at + row * this.#inputs)
      row += rows.count(i)
      this.starts[k - from + 1] = row
    }
  }
}
