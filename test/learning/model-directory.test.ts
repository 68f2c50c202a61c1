import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { LearningError } from '../../src/core/index.ts'
import { loadTabularModel, trainModel } from '../../src/learning/index.ts'
import { syntheticRun, temporaryDirectory, writeRun } from './synthetic-run.ts'

async function trainedModel(output = join(temporaryDirectory(), 'model'), seed = 1): Promise<string> {
  const directories = [writeRun(syntheticRun({ decisions: 400 }))]
  await trainModel({ directories, algorithm: 'q-learning', seed, output })
  return output
}

function edit(directory: string, name: string, change: (value: Record<string, unknown>) => void): void {
  const file = join(directory, name)
  const value = JSON.parse(readFileSync(file, 'utf8'))
  change(value)
  writeFileSync(file, JSON.stringify(value))
}

test('a model replaces a model, and leaves nothing else behind', async () => {
  const output = await trainedModel()
  const { version } = loadTabularModel(output)
  await trainedModel(output, 2)
  expect(loadTabularModel(output).version).not.toBe(version)
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
  edit(output, 'state_encoder.json', (encoder) => {
    encoder.instanceFeatures = (encoder.instanceFeatures as string[]).filter((name) => name !== 'cpu')
  })
  expect(() => loadTabularModel(output)).toThrow(LearningError)
  expect(() => loadTabularModel(output)).toThrow(/trained on other features: instanceFeatures: cpu missing/)
  edit(output, 'state_encoder.json', (encoder) => {
    encoder.contextFeatures = (encoder.contextFeatures as string[]).toReversed()
  })
  expect(() => loadTabularModel(output)).toThrow(/contextFeatures: expected route at place 0, got eligible/)
})

test.each([
  [
    'state_encoder.json',
    (value: Record<string, unknown>) => (value.version = 9),
    /expected encoder version 1, got 9/,
  ],
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
  edit(output, name, change)
  expect(() => loadTabularModel(output)).toThrow(LearningError)
  expect(() => loadTabularModel(output)).toThrow(message)
})

test('a missing or torn file is named', async () => {
  const output = await trainedModel()
  writeFileSync(join(output, 'q_table.json'), '{"cart')
  expect(() => loadTabularModel(output)).toThrow(/q_table\.json: not JSON/)
  rmSync(join(output, 'model.json'))
  expect(() => loadTabularModel(output)).toThrow(/model\.json: cannot be read: .*loadgen train/)
})
