import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ADDRESSES,
  loadBehavior,
  loadScenario,
  PRODUCTS,
  scenarioDurationMs,
  shippedBehaviors,
  shippedScenarios,
} from '../../src/scenario/index.ts'
import { faultKinds } from '../../src/shop/index.ts'
import { vocabulary } from '../../src/study/index.ts'

describe.each(shippedScenarios())('the shipped scenario $name', ({ name, description, file }) => {
  it('loads without a warning, under the name of its file', () => {
    const { scenario, warnings } = loadScenario(file, { vocabulary })
    expect(warnings).toEqual([])
    expect(scenario).toMatchObject({ name, description })
    expect(path.basename(file, '.yaml')).toBe(name)
  })

  it('opens with a comment', () => expect(readFileSync(file, 'utf8')).toMatch(/^# \w/))
})

describe.each(shippedBehaviors())('the shipped behaviour $name', ({ name, description, file }) => {
  it('loads', () => expect(loadBehavior(file)).toMatchObject({ name, description }))

  it('opens with a comment', () => expect(readFileSync(file, 'utf8')).toMatch(/^# \w/))
})

describe('what is shipped', () => {
  const load = (wanted: string) =>
    loadScenario(shippedScenarios().find(({ name }) => name === wanted)!.file, { vocabulary }).scenario
  const minutesOf = (wanted: string): number => scenarioDurationMs(load(wanted)) / 60_000

  it('is what command line and docs promise', () => {
    expect(shippedScenarios().map(({ name }) => name)).toEqual([
      'api-smoke',
      'background',
      'chaos',
      'comprehensive',
      'executors',
      'fail-fast',
      'failure-cascade',
      'flash-sale',
      'heterogeneous',
      'noisy-neighbours',
      'request-classes',
      'retry-storm',
      'service-degradation',
      'trace-replay',
      'validation',
    ])
    expect([minutesOf('validation'), minutesOf('comprehensive')]).toEqual([2, 180])
  })

  it('sells to 250 for five minutes and to 100 for fifteen in a flash sale', () => {
    const phases = load('flash-sale').phases
    expect(phases.map(({ executor, durationMs }) => [executor, durationMs / 60_000])).toEqual([
      [{ kind: 'constant-users', users: 250, rampUpMs: 20_000 }, 5],
      [{ kind: 'constant-users', users: 100, rampUpMs: 60_000 }, 15],
    ])
  })

  it('uses every kind of fault somewhere', () => {
    const kinds = shippedScenarios().flatMap(({ name }) => {
      const { faults, chaos } = load(name)
      return [...faults, ...chaos.flatMap((wave) => wave.faults)].map(({ kind }) => kind)
    })
    expect([...new Set(kinds)].toSorted()).toEqual(faultKinds.names.toSorted())
  })

  it('recovers: after the last fault of a degradation or a cascade comes a quiet phase', () => {
    for (const name of ['service-degradation', 'failure-cascade', 'fail-fast']) {
      const { faults, phases } = load(name)
      const last = phases.at(-1)!
      for (const { startMs, durationMs } of faults) {
        expect(startMs + durationMs).toBeLessThanOrEqual(last.startMs)
      }
    }
  })
})

it('has a catalogue whose entries can be told apart', () => {
  expect(new Set(PRODUCTS.map(({ sku }) => sku)).size).toBe(PRODUCTS.length)
  expect(new Set(ADDRESSES.map(({ street }) => street)).size).toBe(ADDRESSES.length)
})
