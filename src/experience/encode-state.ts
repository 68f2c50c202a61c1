/** The state of a decision as JSON bytes, shared by the records that need it. Hot path. */
import { CONTEXT_WIDTH, INSTANCE_WIDTH, type Observation } from '../routing/index.ts'
import { JsonBytes, literal } from './json-bytes.ts'

const CONTEXT = literal('"context":[')
const INSTANCES = literal('],"instances":[[')
const NEXT_ROW = literal('],[')
const END = literal(']]')
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
  json.decimals(observation.context, 0, CONTEXT_WIDTH, DECIMALS)
  json.put(INSTANCES)
  for (let i = 0; i < observation.count; i++) {
    if (i > 0) json.put(NEXT_ROW)
    json.decimals(observation.instances, i * INSTANCE_WIDTH, INSTANCE_WIDTH, DECIMALS)
  }
  json.put(END)
}
