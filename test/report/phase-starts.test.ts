import { expect, it } from 'vitest'
import { anyPlanned, START_COLUMNS } from '../../src/report/phase-starts.ts'
import { createStyle } from '../../src/report/style.ts'
import { phasesSection } from '../../src/report/terminal-sections.ts'
import type { PhaseSummary, RunSummary } from '../../src/study/index.ts'
import { RUN_SUMMARY } from './run-summary-fixture.ts'

const [calm] = RUN_SUMMARY.phases
const held: PhaseSummary = { ...calm!, name: 'held' }
const open: PhaseSummary = {
  ...calm!,
  name: 'open',
  executor: 'constant-arrival-rate',
  sessions: 900,
  sessionsPerSecond: 9,
  plannedSessions: 1200,
  plannedPerSecond: 12,
  droppedSessions: 300,
}
const batch: PhaseSummary = {
  ...calm!,
  name: 'batch',
  executor: 'shared-iterations',
  sessions: 40,
  plannedSessions: 40,
}
const cells = (phase: PhaseSummary): string[] => START_COLUMNS.map(({ cell }) => cell(phase))
const bad = (phase: PhaseSummary): boolean[] => START_COLUMNS.map((column) => column.bad?.(phase) ?? false)

it('has the planned and the real rate of an open loop side by side, with its drops', () => {
  expect(cells(open)).toEqual(['12.0/s', '9.00/s', '300'])
  expect(bad(open)).toEqual([false, true, true])
})

it('has numbers for iterations, and nothing for users who begin what they get to', () => {
  expect([cells(batch), bad(batch)]).toEqual([
    ['40', '40', ''],
    [false, false, false],
  ])
  expect([cells(held), bad(held)]).toEqual([
    ['', '', ''],
    [false, false, false],
  ])
})

it('is left out where no phase has a plan of its starts', () => {
  const withPhases = (...phases: PhaseSummary[]): RunSummary => ({ ...RUN_SUMMARY, phases })
  expect([anyPlanned(withPhases(held)), anyPlanned(withPhases(held, open))]).toEqual([false, true])
  const titles = (summary: RunSummary): string => phasesSection(summary, createStyle(false))[0]!
  expect(titles(withPhases(held))).not.toContain('planned')
  expect(titles(withPhases(held, open))).toMatch(/users +planned +started +dropped +requests/)
})
