import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PRODUCT_VERSION, WorldError } from '../../src/core/index.ts'
import { scenarioHash } from '../../src/scenario/index.ts'
import { createRunDirectory, writeManifest } from '../../src/study/index.ts'
import { fileOf, folderOf } from '../scenario/scenario-files.ts'
import { smallScenario } from '../shop/small-scenario.ts'

const STARTED_AT = new Date('2026-11-21T10:15:07.900Z')

describe('createRunDirectory', () => {
  it('names the directory after the scenario and the time, and makes what is missing above it', () => {
    const out = path.join(folderOf({}), 'deep', 'logs')
    const directory = createRunDirectory(out, 'flash-sale', STARTED_AT)
    expect(directory.path).toBe(path.join(out, 'flash-sale-20261121-101507'))
    expect(existsSync(directory.path)).toBe(true)
    for (const file of Object.values(directory)) expect(file.startsWith(directory.path)).toBe(true)
  })

  it('adds a number when the name is taken', () => {
    const out = folderOf({})
    const names = [1, 2, 3].map(() => path.basename(createRunDirectory(out, 'x', STARTED_AT).path))
    expect(names).toEqual(['x-20261121-101507', 'x-20261121-101507-2', 'x-20261121-101507-3'])
  })

  it.each([
    ['Black Friday / 2026', 'Black-Friday-2026'],
    ['../../etc', '..-..-etc'],
    ['a:b*c?"<>|', 'a-b-c-'],
    ['Größe', 'Gr-e'],
  ])('makes a name of one level of "%s"', (scenario, name) => {
    const out = folderOf({})
    const directory = createRunDirectory(out, scenario, STARTED_AT)
    expect(directory.path).toBe(path.join(out, `${name}-20261121-101507`))
  })

  it('says where it cannot be made, and what to do', () => {
    const out = path.join(fileOf('a file, not a folder'), 'logs')
    const create = () => createRunDirectory(out, 'x', STARTED_AT)
    expect(create).toThrow(WorldError)
    expect(create).toThrow(
      new RegExp(`^${out}: cannot make a run directory \\(.+\\): choose another with --out$`),
    )
  })
})

it('writes a manifest with which the run can be repeated', () => {
  const directory = createRunDirectory(folderOf({}), 'x', STARTED_AT)
  const scenario = smallScenario
  writeManifest(directory, {
    id: 'x-1',
    scenario,
    seed: 9,
    policy: 'random',
    target: 'embedded',
    startedAt: STARTED_AT,
  })
  expect(JSON.parse(readFileSync(directory.manifest, 'utf8'))).toEqual({
    version: 1,
    run: 'x-1',
    loadgen: PRODUCT_VERSION,
    node: process.versions.node,
    startedAt: '2026-11-21T10:15:07.900Z',
    seed: 9,
    policy: 'random',
    target: 'embedded',
    scenarioHash: scenarioHash(scenario),
    scenario,
  })
})
