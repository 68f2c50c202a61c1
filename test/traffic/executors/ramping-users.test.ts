import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RampingUsers } from '../../../src/scenario/index.ts'
import { levelSteps } from '../../../src/traffic/index.ts'
import { phaseOf } from '../../shop/small-scenario.ts'
import { ANY_EXECUTOR } from './any-executor.ts'

function stepsOf(executor: RampingUsers, durationMs: number) {
  return levelSteps([phaseOf({ executor, startMs: 0, durationMs, gracefulStopMs: 0 })], 1)
}

describe('ramping users', () => {
  it('go up, hold, jump and go down, and all leave at the end', () => {
    const executor: RampingUsers = {
      kind: 'ramping-users',
      startUsers: 1,
      stages: [
        { durationMs: 2000, users: 3 },
        { durationMs: 1000, users: 3 },
        { durationMs: 0, users: 6 },
        { durationMs: 2000, users: 4 },
      ],
    }
    const steps = stepsOf(executor, 6000).map(({ atMs, users }) => [atMs, users])
    expect(steps).toEqual([
      [0, 1],
      [500, 2],
      [1500, 3],
      [3000, 4],
      [3000, 5],
      [3000, 6],
      [3500, 5],
      [4500, 4],
      [6000, 0],
    ])
  })

  it('have the area of the lines that they ramp along', () => {
    fc.assert(
      fc.property(ANY_EXECUTOR['ramping-users'], (executor) => {
        let [from, lineArea, lengthMs] = [executor.startUsers, 0, 0]
        for (const { durationMs, users } of executor.stages) {
          lineArea += ((from + users) / 2) * durationMs
          lengthMs += durationMs
          from = users
        }
        let [level, sinceMs, area] = [0, 0, 0]
        for (const { atMs, users } of stepsOf(executor, lengthMs + 1)) {
          area += level * (atMs - sinceMs)
          level = users
          sinceMs = atMs
        }
        expect(area).toBeCloseTo(lineArea + from, 4)
      }),
    )
  })
})
