/** Trained networks on disk, in service, and as ONNX files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { readRecordedData } from '../../../src/learning/data/recorded-data.ts'
import { type ActionSpace, loadModel, onnxOf, trainModel } from '../../../src/learning/index.ts'
import { parseNetwork } from '../../../src/learning/networks/network-files.ts'
import type { NetworkModel } from '../../../src/learning/networks/network-model.ts'
import { NetworkScorer } from '../../../src/learning/networks/network-scorer.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import { lastingDirectory } from '../../lasting-directory.ts'
import { syntheticRun, writeRun } from '../synthetic-run.ts'
import { OnnxFile } from './onnx-reader.ts'

const INSTANCES = { algorithm: 'dqn', actions: 'instance' } as const
const runs: Partial<Record<ActionSpace, string>> = {}

beforeAll(() => {
  const strategies = policyFactory('strategies(choose=uniform)')('cart-service')
  const unequal = { decisions: 3000, speeds: [1, 0.5, 0.25] }
  runs.instance = writeRun(syntheticRun(unequal), undefined, lastingDirectory())
  runs.strategy = writeRun(syntheticRun({ ...unequal, policy: strategies }), undefined, lastingDirectory())
})

interface Trained {
  readonly algorithm: string
  readonly actions: ActionSpace
  readonly hyperParameters?: Readonly<Record<string, number>>
}

async function trained({ algorithm, actions, hyperParameters = {} }: Trained) {
  const output = join(lastingDirectory(), 'model')
  const summary = await trainModel({
    directories: [runs[actions]!],
    algorithm,
    actions,
    hyperParameters: { epochs: 2, batchSize: 64, ...hyperParameters },
    seed: 1,
    output,
  })
  return { output, summary, model: loadModel(output) as NetworkModel }
}

/** Values by the served network, of random rows. */
function scored(model: NetworkModel, count: number, kind?: 'simd' | 'plain') {
  const scorer = new NetworkScorer({ ...model.content, barred: [], imitation: undefined }, kind)
  const width = model.content.values[0]!.inputs
  const random = new RandomStreams(3).stream('rows')
  const rows = Array.from({ length: count * width }, () => Math.fround(4 * random() - 2))
  scorer.rowsFor(count).set(rows, scorer.inputAt)
  scorer.score(count)
  const values = Array.from(scorer.values.subarray(0, count * model.content.head.actionsPerRow))
  return { input: { shape: [count, width] as const, values: rows }, values }
}

describe('a network in service', () => {
  it('routes better than chance among unequal instances', async () => {
    const { model, summary } = await trained({ ...INSTANCES, hyperParameters: { epochs: 8, batchSize: 64 } })
    const learned = syntheticRun({
      decisions: 4000,
      seed: 9,
      speeds: [1, 0.5, 0.25],
      policy: model.createPolicy('cart-service'),
    })
    const chance = syntheticRun({ decisions: 4000, seed: 9, speeds: [1, 0.5, 0.25] })
    expect(learned.meanLatencyMs).toBeLessThan(0.7 * chance.meanLatencyMs)
    expect(summary.metrics.facts.parameters).toBe((model.content.values[0]!.inputs + 1) * 32 + 33 * 32 + 33)
  })

  it('gives the same values on both kernels, whatever the number of rows', async () => {
    const { model } = await trained(INSTANCES)
    for (const count of [1, 3, 8, 64]) {
      const simd = scored(model, count, 'simd').values
      for (const [k, value] of scored(model, count, 'plain').values.entries()) {
        expect(simd[k]).toBeCloseTo(value, 4)
      }
    }
  })

  it('is refused, with the difference, where its file is not what this release reads', async () => {
    const { output, model } = await trained(INSTANCES)
    const file = join(output, 'network.json')
    const content = JSON.parse(readFileSync(file, 'utf8')) as { values: object[] }
    const { width } = model.features
    expect(parseNetwork(file, content, width).values).toEqual(model.content.values)
    expect(() => parseNetwork(file, { ...content, version: 9 }, width)).toThrow('version 1, got 9')
    expect(() => parseNetwork(file, content, width + 1)).toThrow(`layer 1: expected ${width + 1} inputs`)
    const cut = { ...content, values: content.values.slice(0, -1) }
    expect(() => parseNetwork(file, cut, width)).toThrow('expected 1 outputs, got 32')
    const [first, ...rest] = content.values
    const torn = { ...content, values: [{ ...first, bias: '' }, ...rest] }
    expect(() => parseNetwork(file, torn, width)).toThrow('and 0 biases')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"relu"', '"tanh"'))
    expect(() => loadModel(output)).toThrow('their hash is not the one')
  })

  it('tells of a log without strategies what to record', async () => {
    const task = { directories: [runs.instance!], algorithm: 'dqn', actions: 'strategy', seed: 1 } as const
    await expect(trainModel({ ...task, output: join(lastingDirectory(), 'model') })).rejects.toThrow(
      'no recorded decision of a split names a strategy: record with the policy "strategies(choose=uniform)"',
    )
  })
})

describe('as an ONNX file', () => {
  const cases: readonly Trained[] = [
    { algorithm: 'discrete-cql', actions: 'instance' },
    { algorithm: 'discrete-bcq', actions: 'instance' },
    { algorithm: 'dqn', actions: 'instance', hyperParameters: { dueling: 1 } },
    { algorithm: 'dqn', actions: 'strategy', hyperParameters: { dueling: 1 } },
    { algorithm: 'discrete-bcq', actions: 'strategy' },
    { algorithm: 'dqn', actions: 'instance', hyperParameters: { hiddenLayers: 0 } },
  ]

  it.each(cases)('$algorithm choosing a $actions computes what the model does %j', async (task) => {
    const { model } = await trained(task)
    const onnx = new OnnxFile(onnxOf(model))
    expect([onnx.irVersion, onnx.opset, onnx.producer]).toEqual([8, 13, 'loadgen'])
    const width = model.content.values[0]!.inputs
    const actions = task.actions === 'strategy' ? 6 : 1
    expect(onnx.inputs).toEqual([{ name: 'rows', elementType: 1, shape: ['rows', width] }])
    expect(onnx.outputs[0]).toEqual({ name: 'values', elementType: 1, shape: ['rows', actions] })
    // Among candidates the rows of one input are one decision.
    const { input, values } = scored(model, task.actions === 'strategy' ? 1 : 5)
    const results = onnx.evaluate(input)
    expect(results.get('values')!.shape).toEqual([input.shape[0], actions])
    for (const [k, value] of results.get('values')!.values.entries()) {
      expect(Math.abs(value - values[k]!)).toBeLessThan(1e-5)
    }
    const logits = results.get('logits')
    expect(logits === undefined).toBe(model.content.imitation === undefined)
    if (logits !== undefined) expect(logits.shape).toEqual([input.shape[0], actions])
  })

  it('tells how to make its rows', async () => {
    const { model } = await trained({ algorithm: 'discrete-bcq', actions: 'instance' })
    const { metadata, inputs } = new OnnxFile(onnxOf(model))
    const columns = JSON.parse(metadata.get('columns')!) as string[]
    expect(columns).toEqual(model.features.columns)
    expect(inputs[0]!.shape[1]).toBe(columns.length)
    const normaliser = JSON.parse(metadata.get('features')!) as { hash: string; instance: unknown[] }
    expect(normaliser.hash).toBe(model.features.hash)
    expect(normaliser.instance).toEqual(model.features.description.instance)
    expect(metadata.get('version')).toBe(model.version)
    expect(Number(metadata.get('threshold'))).toBe(0.3)
    expect(Number(metadata.get('rewardScale'))).toBeGreaterThan(0)
  })

  it('is only there for networks', async () => {
    const output = join(lastingDirectory(), 'model')
    await trainModel({
      directories: [runs.instance!],
      algorithm: 'q-learning',
      hyperParameters: { epochs: 1 },
      seed: 1,
      output,
    })
    expect(() => onnxOf(loadModel(output))).toThrow(
      'a model of the kind "tabular" cannot be exported to ONNX',
    )
  })
})

describe('training', () => {
  it('judges the very policy that it writes', async () => {
    const { model, summary } = await trained({ algorithm: 'discrete-cql', actions: 'instance' })
    const data = readRecordedData(
      [runs.instance!],
      model.description.features,
      new RandomStreams(1).stream('row-order'),
    )
    const scorer = new NetworkScorer(model.content)
    const { log, split } = data
    let agreement = 0
    for (const row of split.validation) {
      const first = log.state.starts[row]!
      const count = log.state.starts[row + 1]! - first
      const service = model.features.serviceIndex(log.services[log.service[row]!]!)
      const { state, candidates } = log.state
      const from = first * log.candidateWidth
      const rows = scorer.rowsFor(count)
      model.features.write(
        service,
        state,
        row * log.stateWidth,
        candidates,
        from,
        count,
        rows,
        scorer.inputAt,
      )
      scorer.score(count)
      const values = Array.from(scorer.values.subarray(0, count))
      const best = Math.max(...values)
      if (values[log.chosen[row]!] === best) agreement += 1 / values.filter((value) => value === best).length
    }
    expect(agreement / split.validation.length).toBeCloseTo(summary.metrics.agreementWithLogger, 12)
  })
})
