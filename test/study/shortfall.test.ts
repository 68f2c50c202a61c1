import { describe, expect, it } from 'vitest'
import { RunStatistics } from '../../src/study/index.ts'
import { shortfalls } from '../../src/study/shortfall.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

const SCENARIO = {
  ...smallScenario,
  phases: [phaseOf({ name: 'calm', users: 4, rampUpMs: 0, durationMs: 60_000 })],
}

/** A run in which so many users were there all the time. */
function heldBy(users: number): RunStatistics {
  const statistics = new RunStatistics(SCENARIO)
  statistics.onUsers(0, users, [users])
  statistics.integrateUsers(60_000)
  return statistics
}

describe('shortfalls', () => {
  it('finds nothing to say when the load was held', () => {
    expect(shortfalls(SCENARIO, heldBy(4))).toEqual([])
  })

  it('says how much of the load of a phase was held', () => {
    expect(shortfalls(SCENARIO, heldBy(3))).toEqual([
      'phase "calm" held 75.0 % of the user-seconds asked for: the generator could not keep up, or accounts were short',
    ])
  })

  it('counts the sessions that found no room', () => {
    const statistics = heldBy(4)
    statistics.onSessionStart(0)
    statistics.onDropped()
    statistics.onDropped()
    expect(shortfalls(SCENARIO, statistics)).toEqual([
      '2 of 3 sessions could not start: raise accounts or maxConcurrentUsers',
    ])
  })
})
