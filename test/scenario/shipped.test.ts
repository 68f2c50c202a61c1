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
import { vocabulary } from './scenario-files.ts'

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

it('ships what the command line promises', () => {
  expect(shippedScenarios().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['comprehensive', 'validation']),
  )
  const load = (wanted: string) =>
    loadScenario(shippedScenarios().find(({ name }) => name === wanted)!.file, { vocabulary }).scenario
  expect(scenarioDurationMs(load('validation'))).toBe(2 * 60_000)
  expect(scenarioDurationMs(load('comprehensive'))).toBe(180 * 60_000)
})

it('has a catalogue whose entries can be told apart', () => {
  expect(new Set(PRODUCTS.map(({ sku }) => sku)).size).toBe(PRODUCTS.length)
  expect(new Set(ADDRESSES.map(({ street }) => street)).size).toBe(ADDRESSES.length)
})
