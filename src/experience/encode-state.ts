/** The state of a decision as JSON bytes, shared by the records that need it. Hot path. */
import { CONTEXT_WIDTH, INSTANCE_WIDTH, type Observation } from '../routing/index.ts'
import { JsonBytes, literal } from './json-bytes.ts'

const CONTEXT = literal('"context":[')
const INSTANCES = literal('],"instances":[[')
const NEXT_ROW = literal('],[')
const END = literal(']]')
const COMMA = 44
const DECIMALS = 3

export interface StateBytes {
  readonly json: JsonBytes
  /** Records that still need these bytes. */
  users: number
}

export function newStateBytes(): StateBytes {
  return { json: new JsonBytes(1024), users: 0 }
}

/** Writes `"context":[...],"instances":[[...],...]`, without the braces around it. */
export function encodeState(state: StateBytes, observation: Observation): void {
  const { json } = state
  json.put(CONTEXT)
  numbers(json, observation.context, 0, CONTEXT_WIDTH)
  json.put(INSTANCES)
  for (let i = 0; i < observation.count; i++) {
    if (i > 0) json.put(NEXT_ROW)
    numbers(json, observation.instances, i * INSTANCE_WIDTH, INSTANCE_WIDTH)
  }
  json.put(END)
}

function numbers(json: JsonBytes, values: Float64Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) {
    if (i > 0) json.byte(COMMA)
    json.decimal(values[start + i]!, DECIMALS)
  }
}
