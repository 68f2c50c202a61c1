import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WorldError } from '../../src/core/index.ts'
import { writeSummary } from '../../src/report/write-summary.ts'
import { RUN_SUMMARY } from './run-summary-fixture.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'loadgen-report-'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('writeSummary', () => {
  it('writes what a reader gets back, and leaves nothing else behind', async () => {
    const path = await writeSummary(directory, RUN_SUMMARY)
    expect(path).toBe(join(directory, 'summary.json'))
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(RUN_SUMMARY)
    expect(await readdir(directory)).toEqual(['summary.json'])
  })

  it('replaces an older summary', async () => {
    await writeSummary(directory, RUN_SUMMARY)
    const path = await writeSummary(directory, { ...RUN_SUMMARY, requests: 1 })
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ requests: 1 })
  })

  it('says null where a number is not known', async () => {
    const path = await writeSummary(directory, { ...RUN_SUMMARY, errorRate: Number.NaN })
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ errorRate: null })
  })

  it('says where it cannot write', async () => {
    const file = join(directory, 'a-file')
    await writeFile(file, '')
    await expect(writeSummary(file, RUN_SUMMARY)).rejects.toThrow(WorldError)
    await expect(writeSummary(file, RUN_SUMMARY)).rejects.toThrow(/a-file.*summary\.json: cannot be written/)
  })
})
