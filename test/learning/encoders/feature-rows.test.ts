import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LearningError, RandomStreams } from '../../../src/core/index.ts'
import { readRecordedData } from '../../../src/learning/data/recorded-data.ts'
import { candidateFeatures, stateFeatures } from '../../../src/learning/encoders/encoded-features.ts'
import { describeFeatureRows, FeatureRows } from '../../../src/learning/encoders/feature-rows.ts'
import { fitFeatureRows } from '../../../src/learning/encoders/fit-feature-rows.ts'
import type { Observation, Policy } from '../../../src/routing/index.ts'
import { type SyntheticOptions, syntheticRun, uniformPolicy, writeRun } from '../synthetic-run.ts'

const ALL = { state: stateFeatures.names, instance: candidateFeatures.names }

function dataOf(directory: string, features = ALL) {
  return readRecordedData([directory], features, new RandomStreams(1).stream('row-order'))
}

test('the rows of training are the rows of serving, bit for bit', () => {
  const served: Observation[] = []
  const policy: Policy = {
    ...uniformPolicy,
    choose: (observation, random, propensities) => {
      served.push(structuredClone(observation))
      return uniformPolicy.choose(observation, random, propensities)
    },
  }
  const options: SyntheticOptions = { decisions: 300, speeds: [1, 0.5, 0.25], policy }
  const data = dataOf(writeRun(syntheticRun(options)))
  const rows = fitFeatureRows(data)
  const { log } = data
  const reader = rows.createReader()
  const trained = new Float32Array(3 * rows.width)
  const live = new Float32Array(3 * rows.width)
  for (let row = 0; row < log.length; row++) {
    const { state, candidates, starts } = log.state
    rows.write(0, state, row * log.stateWidth, candidates, starts[row]! * log.candidateWidth, 3, trained)
    reader.read(served.find(({ nowMs }) => nowMs === log.timeMs[row])!)
    rows.write(0, reader.state, 0, reader.candidates, 0, reader.count, live)
    expect(live).toEqual(trained)
    expect(trained.every(Number.isFinite)).toBe(true)
  }
})

test('over the training split every feature has mean 0 and deviation 1, and what comes later counts for nothing', () => {
  const { description, records } = syntheticRun({ decisions: 400 })
  const features = { state: ['load'], instance: ['inFlight', 'relativeLatency'] }
  const late = records.map((record, i) =>
    i < 320 ? record : { ...record, state: { ...record.state, context: [0, 900, 1, 2, 50, 50, 0, 1] } },
  )
  const [clean, poisoned] = [records, late].map((list) =>
    dataOf(writeRun({ description, records: list }), features),
  )
  const rows = fitFeatureRows(clean!)
  expect(fitFeatureRows(poisoned!).hash).toBe(rows.hash)

  const { log, split } = clean!
  const matrix: number[][] = []
  for (const row of split.training) {
    const { state, candidates, starts } = log.state
    const count = starts[row + 1]! - starts[row]!
    const out = new Float64Array(count * rows.width)
    rows.write(0, state, row * log.stateWidth, candidates, starts[row]! * log.candidateWidth, count, out)
    for (let k = 0; k < count; k++)
      matrix.push(Array.from(out.subarray(k * rows.width, (k + 1) * rows.width)))
  }
  expect(rows.columns).toEqual(['load', 'inFlight', 'relativeLatency', 'relativeLatency missing'])
  for (const [column, name] of rows.columns.entries()) {
    const missing = name === 'relativeLatency' ? rows.columns.indexOf('relativeLatency missing') : -1
    const values = matrix.filter((one) => one[missing] !== 1).map((one) => one[column]!)
    if (name.endsWith('missing')) {
      expect(new Set(values)).toEqual(new Set([0, 1]))
      continue
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(0, 4)
    expect(variance).toBeCloseTo(1, 4)
  }
})

const rows = new FeatureRows(
  describeFeatureRows(
    ['a', 'b'],
    [
      {
        name: 'load',
        source: 'inFlight',
        derivation: 'per-eligible',
        mean: 2,
        deviation: 4,
        indicator: true,
      },
    ],
    [
      { name: 'cpu', source: 'cpu', derivation: 'value', mean: 0.5, deviation: 0.25, indicator: true },
      { name: 'inFlight', source: 'inFlight', derivation: 'value', mean: 1, deviation: 2, indicator: false },
    ],
  ),
)

test('a missing value is the mean and says so; a service has a column, an unknown one has none', () => {
  expect(rows.columns).toEqual([
    ...['load', 'load missing', 'service a', 'service b'],
    ...['cpu', 'inFlight', 'cpu missing'],
  ])
  expect([rows.width, rows.stateWidth]).toEqual([7, 4])
  const out = new Float32Array(15).fill(9)
  const candidates = Float32Array.of(0.75, 5, Number.NaN, Number.NaN)
  rows.write(rows.serviceIndex('b'), Float32Array.of(6), 0, candidates, 0, 2, out, 1)
  expect([...out]).toEqual([9, ...[1, 0, 0, 1, 1, 2, 0], ...[1, 0, 0, 1, 0, 0, 1]])
  rows.write(rows.serviceIndex('c'), Float32Array.of(Number.NaN), 0, candidates, 0, 1, out)
  expect([...out.subarray(0, 7)]).toEqual([0, 1, 0, 0, 1, 2, 0])
})

test('a file of rows comes back as it was; another version, other features and an edit are refused by name', () => {
  const content = () => JSON.parse(JSON.stringify(rows)) as Record<string, unknown>
  expect(FeatureRows.parse('rows.json', content()).hash).toBe(rows.hash)
  const refused = (change: Record<string, unknown>) => () =>
    FeatureRows.parse(join('m', 'rows.json'), { ...content(), ...change })
  expect(refused({ version: 9 })).toThrow(LearningError)
  expect(refused({ version: 9 })).toThrow(/m\/rows.json: expected feature rows of version 1, got 9/)
  expect(refused({ contextFeatures: ['route'] })).toThrow(
    /trained on other features: contextFeatures: .* missing/,
  )
  expect(refused({ services: ['a', 'z'] })).toThrow(/was edited/)
})
