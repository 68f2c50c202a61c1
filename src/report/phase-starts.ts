/** What a phase planned to start, and what it did: side by side, in the terminal and on the page. */
import type { PhaseSummary, RunSummary } from '../study/index.ts'
import { formatNumber, formatRate } from './format.ts'

/** Whether any phase has a plan of its starts: where users begin as many sessions as they get to, there is none. */
export function anyPlanned({ phases }: RunSummary): boolean {
  return phases.some(({ plannedSessions }) => plannedSessions !== null)
}

/** The columns that tell of it. A rate for an open loop, a number for iterations. */
export const START_COLUMNS: readonly {
  readonly title: string
  readonly cell: (phase: PhaseSummary) => string
  readonly bad?: (phase: PhaseSummary) => boolean
}[] = [
  {
    title: 'planned',
    cell: ({ plannedPerSecond, plannedSessions }) => {
      if (plannedPerSecond !== null) return formatRate(plannedPerSecond)
      return plannedSessions === null ? '' : formatNumber(plannedSessions)
    },
  },
  {
    title: 'started',
    cell: ({ plannedPerSecond, plannedSessions, sessions, sessionsPerSecond }) => {
      if (plannedPerSecond !== null) return formatRate(sessionsPerSecond)
      return plannedSessions === null ? '' : formatNumber(sessions)
    },
    bad: ({ plannedSessions, sessions }) => plannedSessions !== null && sessions < plannedSessions,
  },
  {
    title: 'dropped',
    cell: ({ plannedPerSecond, droppedSessions }) =>
      plannedPerSecond === null ? '' : formatNumber(droppedSessions),
    bad: ({ droppedSessions }) => droppedSessions > 0,
  },
]
