import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { DataError } from '../../../src/core/index.ts'
import { loadScenario } from '../../../src/scenario/index.ts'
import { openStudyDirectory, readJson, writeJson } from '../../../src/study/chain/study-directory.ts'
import { planStudy, vocabulary } from '../../../src/study/index.ts'
import { scenarioFile } from '../../scenario/study-file.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-studies-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const plan = (added = '') => planStudy(loadScenario(scenarioFile(added), { vocabulary }))

it('is made once, and found again by the same scenario, however it is studied', () => {
  const out = temporaryFolder()
  const { path, study } = openStudyDirectory(out, plan())
  expect(path).toBe(join(out, 'small'))
  const content = readFileSync(study, 'utf8')
  openStudyDirectory(out, plan('study: { compare: { seeds: 50 } }'))
  expect(readFileSync(study, 'utf8')).toBe(content)
})

it('is not gone on with by another scenario or program, and the difference is named', () => {
  const out = temporaryFolder()
  const { path, study } = openStudyDirectory(out, plan())
  const open = (added = '') => openStudyDirectory(out, plan(added))
  expect(() => open('client: { timeoutSeconds: 3 }')).toThrow(DataError)
  expect(() => open('client: { timeoutSeconds: 3 }')).toThrow(
    /scenario hash \w{12}, not \w{12}: the file has changed/,
  )
  const identity = readJson<object>(study)
  writeJson(study, { ...identity, program: '0.0.1+abc' })
  expect(() => open()).toThrow(
    /program 0\.0\.1\+abc, not .*: choose another folder with --out, or delete this one/,
  )
  writeJson(study, { ...identity, formatVersion: 9 })
  expect(() => open()).toThrow(/expected loadgen-study version 1, got loadgen-study version 9/)
  writeFileSync(study, '{"torn')
  expect(() => open()).toThrow(/expected loadgen-study version 1, got undefined/)
  expect(readdirSync(path).sort()).toEqual(['models', 'runs', 'study.json'])
})
