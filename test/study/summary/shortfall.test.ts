import { describe, expect, it } from 'vitest'
import { RunStatistics } from '../../../src/study/index.ts'
import { shortfalls } from '../../../src/study/summary/shortfall.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'

const SCENARIO = {
  ...smallScenario,
  phases: [
    phaseOf({ name: 'calm', users: 4, rampUpMs: 0, durationMs: 60_000 }),
    phaseOf({
      name: 'rush',
      executor: { kind: 'constant-arrival-rate', sessionsPerSecond: 1, maxUsers: 7 },
      durationMs: 60_000,
    }),
    phaseOf({ name: 'batch', executor: { kind: 'shared-iterations', users: 2, iterations: 5 } }),
  ],
}

/** A run in which so many users were there all the time. */
function heldBy(users: number): RunStatistics {
  const statistics = new RunStatistics(SCENARIO)
  statistics.onUsers(0, users, [users, 0, 0])
  statistics.integrateUsers(60_000)
  return statistics
}

describe('shortfalls', () => {
  it('finds nothing to say when the load was held', () => {
    const statistics = heldBy(4)
    for (const phase of [1, 2]) {
      statistics.onPlanned(phase)
      statistics.onSessionStart(phase)
    }
    expect(shortfalls(SCENARIO, statistics)).toEqual([])
  })

  it('says how much of the load of a phase was held', () => {
    expect(shortfalls(SCENARIO, heldBy(3))).toEqual([
      'phase "calm" held 75.0 % of the user-seconds asked for: the generator could not keep up, or accounts were short',
    ])
  })

  it('names the phase whose sessions found no room', () => {
    const statistics = heldBy(4)
    for (let i = 0; i < 3; i++) statistics.onPlanned(1)
    statistics.onSessionStart(1)
    statistics.onDropped(1)
    statistics.onDropped(1)
    expect(shortfalls(SCENARIO, statistics)).toEqual([
      'phase "rush": 2 of 3 sessions found no free user and were dropped: ' +
        'raise accounts or maxConcurrentUsers, or maxUsers of the phase (7)',
    ])
  })

  it('names the phase whose sessions were not all begun', () => {
    const statistics = heldBy(4)
    for (let i = 0; i < 5; i++) statistics.onPlanned(2)
    statistics.onSessionStart(2)
    expect(shortfalls(SCENARIO, statistics)).toEqual([
      'phase "batch" came to 1 of its 5 sessions before its time was over: give it a longer durationMinutes, or more users',
    ])
  })
})
