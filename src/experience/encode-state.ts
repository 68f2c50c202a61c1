/** The state of a decision as JSON bytes, shared by the records that need it. Hot path. */
import { CONTEXT_WIDTH, INSTANCE_WIDTH, type Observation } from '../routing/index.ts'
import { JsonBytes, literal } from './json-bytes.ts'

const CONTEXT = literal('"context":[')
const INSTANCES = literal('],"instances":[')
const NULL_ROW = literal('null,')
const ROW_END = literal('],')
const OPEN = 91
const CLOSE = 93
const DECIMALS = 3

export interface StateBytes {
  readonly json: JsonBytes
  /** Records that still need these bytes. */
  users: number
}

export function newStateBytes(): StateBytes {
  return { json: new JsonBytes(1024), users: 0 }
}

/**
 * Writes states of one service. Between two decisions most rows stay what they were: a row that is compared and copied
 * costs a fraction of one that is formatted.
 */
export class StateEncoder {
  #values = new Float64Array(0)
  /** The rows of the state before, as bytes, each with a comma behind it. */
  readonly #rows: JsonBytes[] = []

  /**
   * Writes `"context":[...],"instances":[[...],...]`, without the braces around it. A row of which nothing is known is
   * null.
   */
  encode({ json }: StateBytes, { context, instances, count }: Observation): void {
    if (this.#rows.length < count) this.#grow(count)
    json.put(CONTEXT)
    json.decimals(context, 0, CONTEXT_WIDTH, DECIMALS)
    json.put(INSTANCES)
    for (let i = 0; i < count; i++) {
      if (!this.#isAsBefore(instances, i)) this.#format(instances, i)
      json.append(this.#rows[i]!)
    }
    // In place of the comma behind the last row.
    if (count > 0) json.length--
    json.byte(CLOSE)
  }

  #isAsBefore(instances: Float64Array, row: number): boolean {
    const values = this.#values
    const end = (row + 1) * INSTANCE_WIDTH
    for (let i = row * INSTANCE_WIDTH; i < end; i++) {
      const before = values[i]!
      const now = instances[i]!
      // What is not known (NaN) equals nothing, not even itself.
      if (before !== now && !(Number.isNaN(before) && Number.isNaN(now))) return false
    }
    return true
  }

  #format(instances: Float64Array, row: number): void {
    const start = row * INSTANCE_WIDTH
    for (let i = start; i < start + INSTANCE_WIDTH; i++) this.#values[i] = instances[i]!
    const bytes = this.#rows[row]!
    bytes.clear()
    if (isUnknown(instances, start)) return bytes.put(NULL_ROW)
    bytes.byte(OPEN)
    bytes.decimals(instances, start, INSTANCE_WIDTH, DECIMALS)
    bytes.put(ROW_END)
  }

  #grow(count: number): void {
    // No measured number is infinite: the first state differs from this in all of its rows.
    const values = new Float64Array(count * INSTANCE_WIDTH).fill(Number.POSITIVE_INFINITY)
    values.set(this.#values)
    this.#values = values
    while (this.#rows.length < count) this.#rows.push(new JsonBytes(128))
  }
}

function isUnknown(instances: Float64Array, start: number): boolean {
  for (let i = start; i < start + INSTANCE_WIDTH; i++) if (!Number.isNaN(instances[i])) return false
  return true
}
