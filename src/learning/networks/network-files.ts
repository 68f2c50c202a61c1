/**
 * A network on disk, in plain JSON: what its inputs are (`feature_rows.json`) and its layers (`network.json`), with weights
 * as base64 of little-endian 32-bit floats, [inputs][outputs] row by row: the very bits that were learned.
 */
import { LearningError } from '../../core/index.ts'
import type { FeatureRows } from '../encoders/feature-rows.ts'
import type { ActionHeadOptions } from './action-head.ts'
import type { LayerWeights } from './network.ts'

export const NETWORK_KIND = 'network'
export const ROWS_FILE = 'feature_rows.json'
export const NETWORK_FILE = 'network.json'
const NETWORK_VERSION = 1

/** What there is to a trained network, besides its inputs. */
export interface NetworkContent {
  readonly head: ActionHeadOptions
  /** Fixed actions that are never chosen, since the training data does not show them. */
  readonly barred: readonly number[]
  /** What one unit of the outputs is, in units of the reward. */
  readonly rewardScale: number
  readonly values: readonly LayerWeights[]
  /** The imitation of the logger, where the learner has one: actions less probable than the threshold are barred. */
  readonly imitation: { readonly threshold: number; readonly layers: readonly LayerWeights[] } | undefined
}

interface LayerFile {
  readonly inputs: number
  readonly outputs: number
  readonly weights: string
  readonly bias: string
}

interface NetworkFile {
  readonly version: number
  readonly head: { readonly actionsPerRow: number; readonly dueling: boolean }
  readonly barred: readonly number[]
  readonly activation: 'relu'
  readonly rewardScale: number
  readonly values: readonly LayerFile[]
  readonly imitation: { readonly threshold: number; readonly layers: readonly LayerFile[] } | null
}

export function networkFiles(
  features: FeatureRows,
  content: NetworkContent,
): Readonly<Record<string, unknown>> {
  const { head, barred, rewardScale, values, imitation } = content
  const network: NetworkFile = {
    version: NETWORK_VERSION,
    head: { actionsPerRow: head.actionsPerRow, dueling: head.dueling },
    barred,
    activation: 'relu',
    rewardScale,
    values: values.map(layerFile),
    imitation:
      imitation === undefined
        ? null
        : { threshold: imitation.threshold, layers: imitation.layers.map(layerFile) },
  }
  return { [ROWS_FILE]: features.toJSON(), [NETWORK_FILE]: network }
}

/**
 * @param file for messages
 * @throws LearningError if it is of another version, or its layers do not fit together or to the inputs
 */
export function parseNetwork(file: string, content: unknown, inputs: number): NetworkContent {
  const { version, head, barred, rewardScale, values, imitation } = content as NetworkFile
  if (version !== NETWORK_VERSION) {
    throw new LearningError(
      `${file}: expected a network of version ${NETWORK_VERSION}, got ${version}: train again`,
    )
  }
  const outputs = head.actionsPerRow + (head.dueling ? 1 : 0)
  return {
    head,
    barred,
    rewardScale,
    values: parseLayers(file, values, inputs, outputs),
    imitation:
      imitation === null
        ? undefined
        : {
            threshold: imitation.threshold,
            layers: parseLayers(file, imitation.layers, inputs, head.actionsPerRow),
          },
  }
}

function parseLayers(
  file: string,
  layers: readonly LayerFile[],
  inputs: number,
  outputs: number,
): LayerWeights[] {
  const parsed = layers.map(({ weights, bias, ...sizes }) => ({
    ...sizes,
    weights: floatsOf(weights),
    bias: floatsOf(bias),
  }))
  let width = inputs
  for (const [index, layer] of parsed.entries()) {
    const fits =
      layer.inputs === width &&
      layer.weights.length === layer.inputs * layer.outputs &&
      layer.bias.length === layer.outputs
    if (!fits) {
      throw new LearningError(
        `${file}: layer ${index + 1}: expected ${width} inputs, got ${layer.inputs} to ${layer.outputs} with ` +
          `${layer.weights.length} weights and ${layer.bias.length} biases: train again`,
      )
    }
    width = layer.outputs
  }
  if (width === outputs) return parsed
  throw new LearningError(`${file}: expected ${outputs} outputs, got ${width}: train again`)
}

function layerFile({ inputs, outputs, weights, bias }: LayerWeights): LayerFile {
  return { inputs, outputs, weights: base64Of(weights), bias: base64Of(bias) }
}

/** Little-endian 32-bit floats. */
export function bytesOf(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true)
  return bytes
}

function base64Of(values: Float32Array): string {
  return Buffer.from(bytesOf(values)).toString('base64')
}

function floatsOf(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  const values = new Float32Array(bytes.length >> 2)
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatLE(i * 4)
  return values
}
