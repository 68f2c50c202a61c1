/**
 * A network as an ONNX file, for other runtimes: opset 13, made of Gemm and Relu, with ReduceMean, Add and Sub for a
 * dueling head.
 *
 *     rows    [rows x inputs]    standardised features: one row per candidate of one decision, or, among strategies, one
 *                                row per decision
 *     values  [rows x actions]   action values, in units of the reward's standard deviation; the highest is the choice
 *     logits  [rows x actions]   only of learners with an imitation of the logger: what is less probable than `threshold` times
 *                                the most probable action that is not `barred` (both in `metadata_props`) is barred too
 *
 * How to make the rows, and what may be chosen, stands in `metadata_props`: `columns`, `features` (the normaliser: per
 * feature its source, derivation, mean, deviation, and whether an indicator says that it is missing), `actions`,
 * `actionNames`, `barred`, `rewardScale`, `threshold`, `algorithm`, `version`.
 */
import { canonicalJson, LearningError } from '../../../core/index.ts'
import { STRATEGY_NAMES } from '../../../routing/index.ts'
import type { Model } from '../../models/model.ts'
import type { LayerWeights } from '../network.ts'
import { NetworkModel } from '../network-model.ts'
import { OnnxGraph } from './onnx-graph.ts'

const ROWS = 'rows'
const PRODUCER_VERSION = '1'

/**
 * The bytes of an ONNX file.
 *
 * @throws LearningError if the model is no network
 */
export function onnxOf(model: Model): Uint8Array {
  if (!(model instanceof NetworkModel)) {
    throw new LearningError(
      `a model of the kind "${model.description.kind}" cannot be exported to ONNX: only networks can ` +
        '(train with dqn, discrete-cql or discrete-bcq); other kinds are plain JSON already',
    )
  }
  const { head, values, imitation } = model.content
  const graph = new OnnxGraph('action-values')
  const input = graph.input('rows', ROWS, values[0]!.inputs)
  const actions = head.actionsPerRow
  if (head.dueling) duelingValues(graph, input, values, actions)
  else chain(graph, input, values, 'values', 'values')
  graph.output('values', ROWS, actions)
  if (imitation !== undefined) {
    chain(graph, input, imitation.layers, 'imitation', 'logits')
    graph.output('logits', ROWS, actions)
  }
  return graph.finish(PRODUCER_VERSION, metadataOf(model))
}

function metadataOf({ description, version, features, content }: NetworkModel): Record<string, string> {
  const among = description.actions === 'strategy'
  const columns = among ? features.columns.slice(0, features.stateWidth) : features.columns
  return {
    algorithm: description.algorithm,
    version,
    actions: description.actions,
    actionNames: canonicalJson(among ? STRATEGY_NAMES : ['candidate']),
    columns: canonicalJson(columns),
    features: canonicalJson(features.toJSON()),
    rewardScale: String(content.rewardScale),
    barred: canonicalJson(content.barred),
    ...(content.imitation === undefined ? {} : { threshold: String(content.imitation.threshold) }),
  }
}

/** Layers one behind the other, the last without ReLU. */
function chain(
  graph: OnnxGraph,
  input: string,
  layers: readonly LayerWeights[],
  prefix: string,
  output: string,
): string {
  const last = hidden(graph, input, layers, prefix)
  return gemm(graph, last, layers.at(-1)!, `${prefix}/out`, output)
}

/** All layers but the last. */
function hidden(graph: OnnxGraph, input: string, layers: readonly LayerWeights[], prefix: string): string {
  let from = input
  for (const [index, layer] of layers.slice(0, -1).entries()) {
    const name = `${prefix}/${index + 1}`
    from = graph.node('Relu', [gemm(graph, from, layer, name, `${name}/sums`)], `${name}/relu`)
  }
  return from
}

function gemm(graph: OnnxGraph, input: string, layer: LayerWeights, name: string, output: string): string {
  const { inputs, outputs, weights, bias } = layer
  const w = graph.constant(`${name}/weights`, [inputs, outputs], weights)
  const b = graph.constant(`${name}/bias`, [outputs], bias)
  return graph.node('Gemm', [input, w, b], output)
}

/** Q = V + A - mean A. Among candidates the means run over the rows, else over the columns. */
function duelingValues(
  graph: OnnxGraph,
  input: string,
  layers: readonly LayerWeights[],
  actions: number,
): void {
  const from = hidden(graph, input, layers, 'values')
  const last = layers.at(-1)!
  const value = gemm(graph, from, columnsOf(last, 0, 1), 'values/state', 'values/state/out')
  const advantage = gemm(
    graph,
    from,
    columnsOf(last, 1, actions + 1),
    'values/advantage',
    'values/advantage/out',
  )
  const axes = actions === 1 ? [0] : [1]
  const mean = graph.node('ReduceMean', [advantage], 'values/advantage/mean', { axes, keepdims: 1 })
  const centred = graph.node('Sub', [advantage, mean], 'values/advantage/centred')
  const state =
    actions === 1 ? graph.node('ReduceMean', [value], 'values/state/mean', { axes: [0], keepdims: 1 }) : value
  graph.node('Add', [centred, state], 'values')
}

/** The outputs from `from` up to `to` as a layer of their own. */
function columnsOf({ inputs, outputs, weights, bias }: LayerWeights, from: number, to: number): LayerWeights {
  const width = to - from
  const columns = new Float32Array(inputs * width)
  for (let i = 0; i < inputs; i++) {
    columns.set(weights.subarray(i * outputs + from, i * outputs + to), i * width)
  }
  return { inputs, outputs: width, weights: columns, bias: bias.slice(from, to) }
}
