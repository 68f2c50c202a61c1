import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { LearningError } from '../../../src/core/index.ts'
import { loadModel, trainModel } from '../../../src/learning/index.ts'
import { editModel, sealModel } from '../edited-model.ts'
import { syntheticRun, temporaryDirectory, writeRun } from '../synthetic-run.ts'

async function trainedModel(output = join(temporaryDirectory(), 'model'), seed = 1): Promise<string> {
  const directories = [writeRun(syntheticRun({ decisions: 400 }))]
  await trainModel({ directories, algorithm: 'q-learning', seed, output })
  return output
}

test('a model replaces a model, and leaves nothing else behind', async () => {
  const output = await trainedModel()
  const { version } = loadModel(output)
  await trainedModel(output, 2)
  expect(loadModel(output).version).not.toBe(version)
  expect(readdirSync(dirname(output))).toEqual(['model'])
})

test('an empty directory is taken, a file is not', async () => {
  const parent = temporaryDirectory()
  mkdirSync(join(parent, 'empty'))
  await trainedModel(join(parent, 'empty'))
  writeFileSync(join(parent, 'file'), '')
  await expect(trainedModel(join(parent, 'file'))).rejects.toThrow(/file: is a file/)
})

test('a model made for other features is refused, naming the difference', async () => {
  const output = await trainedModel()
  editModel(output, 'state_encoder.json', (encoder) => {
    encoder.instanceFeatures = (encoder.instanceFeatures as string[]).filter((name) => name !== 'cpu')
  })
  sealModel(output)
  expect(() => loadModel(output)).toThrow(LearningError)
  expect(() => loadModel(output)).toThrow(/trained on other features: instanceFeatures: cpu missing/)
  editModel(output, 'state_encoder.json', (encoder) => {
    encoder.contextFeatures = (encoder.contextFeatures as string[]).toReversed()
  })
  sealModel(output)
  expect(() => loadModel(output)).toThrow(/contextFeatures: expected route at place 0, got ownWorkShare/)
})

test.each([
  [
    'state_encoder.json',
    (value: Record<string, unknown>) => (value.services = ['x']),
    /do not belong together/,
  ],
  [
    'q_table.json',
    (value: Record<string, unknown>) => (value['cart-service load=0'] = {}),
    /do not belong together/,
  ],
  ['action_mappings.json', (value: Record<string, unknown>) => (value.extra = 99), /do not belong together/],
  ['model.json', (value: Record<string, unknown>) => (value.seed = 99), /do not belong together/],
  [
    'model.json',
    (value: Record<string, unknown>) => (value.formatVersion = 99),
    /got .* version 99: train again/,
  ],
])('an edited %s is refused', async (name, change, message) => {
  const output = await trainedModel()
  editModel(output, name, change)
  expect(() => loadModel(output)).toThrow(LearningError)
  expect(() => loadModel(output)).toThrow(message)
})

test.each([
  [
    'state_encoder.json',
    { version: 9 },
    /state_encoder\.json: expected encoder version 1, got 9: train again/,
  ],
  ['model.json', { kind: 'crystal-ball' }, /of the kind "crystal-ball": this release knows .*tabular/],
])('a %s of another release is refused', async (name, change, message) => {
  const output = await trainedModel()
  editModel(output, name, (value) => Object.assign(value, change))
  sealModel(output)
  expect(() => loadModel(output)).toThrow(LearningError)
  expect(() => loadModel(output)).toThrow(message)
})

test('a missing or torn file is named', async () => {
  const output = await trainedModel()
  writeFileSync(join(output, 'q_table.json'), '{"cart')
  expect(() => loadModel(output)).toThrow(/q_table\.json: not JSON/)
  rmSync(join(output, 'model.json'))
  expect(() => loadModel(output)).toThrow(/model\.json: cannot be read: .*loadgen train/)
})

test.each(['null', '5', '"model"'])('a model.json that is %s is refused', async (text) => {
  const output = await trainedModel()
  writeFileSync(join(output, 'model.json'), text)
  expect(() => loadModel(output)).toThrow(LearningError)
  expect(() => loadModel(output)).toThrow(/model\.json: expected a JSON object/)
})
