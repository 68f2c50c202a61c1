import { describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/index.ts'
import { CUT, cutTrajectories, ENDED } from '../../../src/learning/evaluation/cut-trajectories.ts'
import { syntheticRun } from '../synthetic-run.ts'
import { recorded } from './recorded.ts'

/** Decisions at these times, of one service. */
function decisionsAt(times: readonly number[]) {
  const { records } = syntheticRun({ decisions: times.length })
  return recorded({ records: records.map((record, i) => ({ ...record, t: times[i]! })) })
}

describe('chains by session', () => {
  const decisions = decisionsAt([0, 1, 2, 3, 4, 5])
  const sessions = ['a', 'b', 'a', 'a', 'b', undefined]

  it('are cut into pieces of the horizon, the last as long as the session lets it', () => {
    const { starts, rows, clusters, next, chains } = cutTrajectories(
      decisions,
      'session',
      2,
      (row) => sessions[row],
    )
    expect(Array.from(rows)).toEqual([0, 2, 3, 1, 4, 5])
    expect(Array.from(starts)).toEqual([0, 2, 3, 5, 6])
    expect(Array.from(clusters)).toEqual([0, 0, 1, 2])
    expect(chains, 'one whose session is not known stands alone').toBe(3)
    expect(Array.from(next)).toEqual([2, 4, 3, ENDED, ENDED, ENDED])
  })

  it('are single decisions with a horizon of 1', () => {
    const { starts, chains } = cutTrajectories(decisions, 'session', 1, (row) => sessions[row])
    expect(Array.from(starts)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(chains).toBe(3)
  })
})

describe('chains by time', () => {
  it('are stretches of 5 s, and pieces that are cut short are left out', () => {
    const decisions = decisionsAt([0, 1000, 4999, 5000, 6000, 20_000])
    const { starts, rows, next, clusters } = cutTrajectories(decisions, 'time', 2)
    expect(Array.from(rows)).toEqual([0, 1, 3, 4])
    expect(Array.from(starts)).toEqual([0, 2, 4])
    expect(Array.from(clusters)).toEqual([0, 1])
    expect(Array.from(next)).toEqual([1, 2, CUT, 4, CUT, CUT])
  })

  it('that are all too short are an error that says what to do', () => {
    const decisions = decisionsAt([0, 10_000, 20_000])
    expect(() => cutTrajectories(decisions, 'time', 2)).toThrow(DataError)
    expect(() => cutTrajectories(decisions, 'time', 2)).toThrow('choose a shorter --horizon')
  })
})
