import { expect, test } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { splitByTime } from '../../../src/learning/data/data-split.ts'
import { DecisionLog } from '../../../src/learning/data/decision-log.ts'
import { candidateFeatures, stateFeatures } from '../../../src/learning/encoders/encoded-features.ts'
import { FeatureReader } from '../../../src/learning/encoders/feature-reader.ts'
import { instanceFeature } from '../../../src/routing/index.ts'
import { syntheticRun } from '../synthetic-run.ts'

const { records } = syntheticRun({ decisions: 50, speeds: [1, 1, 1] })
const example = records[10]!

function logOf(list: readonly ExperienceRecord[], run = (_: number) => 0): DecisionLog {
  const log = new DecisionLog(new FeatureReader(stateFeatures.all, [candidateFeatures.get('inFlight')]))
  for (const [i, record] of list.entries()) log.append(run(i), record)
  return log
}

/** The example with another health, breaker or presence of each instance. */
function withRows(
  change: (row: (number | null)[], index: number) => (number | null)[] | null,
): ExperienceRecord {
  const instances = example.state.instances.map((row, i) => change([...row!], i))
  const state = { ...example.state, instances }
  return { ...example, state, action: { index: 1, instance: 'cart-2' }, propensity: null }
}

test('candidates are the instances that are there, not unhealthy, and not kept out by a breaker', () => {
  const set = (row: (number | null)[], name: 'healthy' | 'breakerOpen', value: number | null) => {
    row[instanceFeature(name)] = value
    return row
  }
  const cases: [ExperienceRecord, number][] = [
    [withRows((row) => row), 3],
    [withRows((row, i) => (i === 0 ? null : row)), 2],
    [withRows((row, i) => set(row, 'healthy', i === 0 ? 0 : 1)), 2],
    [withRows((row) => set(row, 'healthy', null)), 3],
    [withRows((row, i) => set(row, 'breakerOpen', i === 2 ? 1 : 0)), 2],
  ]
  for (const [record, candidates] of cases) {
    const log = logOf([record])
    expect(log.state.starts[1]).toBe(candidates)
    expect(log.skipped.size).toBe(0)
  }
  // Nobody is left: who is there may be chosen.
  const allOut = logOf([withRows((row, i) => (i === 0 ? null : set(row, 'breakerOpen', 1)))])
  expect(allOut.state.starts[1]).toBe(2)
  const chosenDown = logOf([withRows((row, i) => set(row, 'healthy', i === 1 ? 0 : 1))])
  expect([...chosenDown.skipped]).toEqual([['chosen-not-eligible', 1]])
})

test('one that is kept out is a candidate if it could be chosen all the same', () => {
  const down = withRows((row, i) =>
    row.map((value, f) => (i > 0 && f === instanceFeature('breakerOpen') ? 1 : value)),
  )
  const explored = { ...down, propensity: [0.95, 0.05, 0] }
  const log = logOf([explored, { ...explored, propensityEstimated: true }])
  expect(log.state.starts[1]).toBe(2)
  expect([...log.chosen]).toEqual([1])
  expect([...log.propensity]).toEqual([0.05])
  expect([...log.skipped]).toEqual([['chosen-not-eligible', 1]])
})

test('the chosen one is counted among the candidates, not among the instances', () => {
  const { propensity } = example
  const log = logOf([{ ...withRows((row, i) => (i === 0 ? null : row)), propensity }])
  expect([...log.chosen]).toEqual([0])
  expect(log.propensity[0]).toBe(1 / 3)
})

test('records that cannot be learned from are left out and counted', () => {
  const log = logOf([
    example,
    { ...example, outcome: null },
    { ...example, reward: null },
    { ...example, reward: Number.NaN },
    { ...example, action: null, propensity: null, policy: null },
  ])
  expect(log.length).toBe(1)
  expect(Object.fromEntries(log.skipped)).toEqual({ 'no-outcome': 1, 'no-reward': 2, 'no-action': 1 })
})

test('a propensity that says nothing is not known', () => {
  const propensities = [[], [0.5, 0, 0.5], [0, 2, 0], null, [0.2, 0.3, 0.5]]
  const log = logOf(
    propensities.map((propensity) => ({ ...example, propensity, action: { index: 1, instance: 'b' } })),
  )
  expect([...log.propensity]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0.3])
})

test('propensities that somebody estimated are used, and counted', () => {
  const log = logOf([example, { ...example, propensityEstimated: true }])
  expect(log.propensity[1]).toBe(log.propensity[0])
  expect(log.estimatedPropensities).toBe(1)
})

test('a state from before an instance was added has a candidate less', () => {
  const instances = example.state.instances.slice(0, 2)
  const log = logOf([
    { ...example, state: { ...example.state, instances }, action: { index: 1, instance: 'b' } },
  ])
  expect([...log.state.starts]).toEqual([0, 2])
  expect([...log.next.starts]).toEqual([0, 3])
})

test('nothing follows where the process ended or nothing is known', () => {
  const log = logOf([
    { ...example, truncated: true },
    { ...example, done: true },
    { ...example, next: null },
  ])
  const { starts } = log.next
  expect([...starts]).toEqual([0, 3, 3, 3])
  expect([...log.terminal]).toEqual([0, 1, 0])
})

test('the last fifth of each run, by time, is for validation', () => {
  const shuffled = [...records.slice(0, 10)].reverse()
  const log = logOf([...shuffled, ...records.slice(10, 25)], (i) => (i < 10 ? 0 : 1))
  const { training, validation } = splitByTime(log)
  expect([...validation]).toEqual([1, 0, 22, 23, 24])
  expect([...training]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, ...Array.from({ length: 12 }, (_, i) => 10 + i)])
})
