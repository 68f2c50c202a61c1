import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createStyle } from '../../src/report/style.ts'
import { terminalSummary } from '../../src/report/terminal-summary.ts'
import { EMPTY_RUN_SUMMARY, RUN_SUMMARY } from './run-summary-fixture.ts'

const FILES = [
  { what: 'records', path: 'logs/flash-sale-20261121-101500/experiences.jsonl' },
  { what: 'report', path: 'logs/flash-sale-20261121-101500/report.html' },
]
const plain = { style: createStyle(false), files: FILES }

describe('terminalSummary', () => {
  it('shows the whole run', async () => {
    await expect(`${terminalSummary(RUN_SUMMARY, plain)}\n`).toMatchFileSnapshot(
      'golden/terminal-summary.txt',
    )
  })

  it('leaves out what there is nothing to tell of', async () => {
    const text = terminalSummary(EMPTY_RUN_SUMMARY, { ...plain, files: [] })
    await expect(`${text}\n`).toMatchFileSnapshot('golden/terminal-summary-empty.txt')
  })

  it('adds nothing but escape codes when colour is on', () => {
    const coloured = terminalSummary(RUN_SUMMARY, { style: createStyle(true), files: FILES })
    expect(coloured).not.toBe(terminalSummary(RUN_SUMMARY, plain))
    expect(stripVTControlCharacters(coloured)).toBe(terminalSummary(RUN_SUMMARY, plain))
  })

  it('tells a live run by its target and wall time', () => {
    const live = { ...RUN_SUMMARY, world: 'live' as const, target: 'http://localhost:8080' }
    const [first, second] = terminalSummary(live, plain).split('\n')
    expect(first).toContain('live world, http://localhost:8080')
    expect(second).not.toContain('simulated')
  })
})
