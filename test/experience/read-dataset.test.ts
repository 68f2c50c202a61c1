import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DataError } from '../../src/core/index.ts'
import { readDataset } from '../../src/experience/read-dataset.ts'
import { syntheticRun, temporaryDirectory, writeRun } from '../learning/synthetic-run.ts'

const run = syntheticRun({ decisions: 5 })

test('reads what the run wrote', () => {
  expect(readDataset(writeRun(run))).toEqual(JSON.parse(JSON.stringify(run.description)))
})

test('says what is missing and how to get it', () => {
  expect(() => readDataset('/no/such/run')).toThrow(/\/no\/such\/run: no such directory: .*loadgen run/)
  const directory = writeRun(run)
  rmSync(join(directory, 'dataset.json'))
  expect(() => readDataset(directory)).toThrow(/dataset\.json: cannot be read: .*copy both/)
})

test.each([
  ['no JSON', '{"version":1', /not JSON/],
  ['no object', '[]', /expected a JSON object/],
  ['another version', JSON.stringify({ ...run.description, version: 7 }), /version: expected 1, got 7/],
  ['no services', JSON.stringify({ ...run.description, services: undefined }), /services: missing/],
  [
    'odd features',
    JSON.stringify({ ...run.description, instanceFeatures: [1] }),
    /instanceFeatures: missing/,
  ],
  ['no weights', JSON.stringify({ ...run.description, reward: { targetLatencyMs: 1 } }), /reward: missing/],
])('refuses %s', (_, text, message) => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'dataset.json'), text)
  expect(() => readDataset(directory)).toThrow(DataError)
  expect(() => readDataset(directory)).toThrow(message)
})
