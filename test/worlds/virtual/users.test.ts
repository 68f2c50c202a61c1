import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../shop/small-scenario.ts'
import { runVirtually, type VirtualRun } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

const twoPhases = scenarioOf(`
name: two-phases
description: A ramp up, a step over, a ramp down and a visit in between
accounts: 40
phases:
  - { name: morning, startMinute: 0, durationMinutes: 2, users: 8, rampUpSeconds: 60, behaviors: { quick-browser: 1 } }
  - { name: noon, startMinute: 2, durationMinutes: 2, users: 14, rampUpSeconds: 30, behaviors: { quick-browser: 1 } }
  - { name: guests, startMinute: 3, durationMinutes: 0.5, users: 5, behaviors: { impulse-buyer: 1 } }
  - { name: night, startMinute: 4, durationMinutes: 1, users: 4, rampUpSeconds: 20, behaviors: { quick-browser: 1 } }
`)

/** What the file asks for at a time: lines from one level to the next, to the nearest user. */
function planned(seconds: number): number {
  const line = (from: number, to: number, share: number) => from + (to - from) * Math.min(1, share)
  const main =
    seconds < 120
      ? line(0, 8, seconds / 60)
      : seconds < 240
        ? line(8, 14, (seconds - 120) / 30)
        : line(14, 4, (seconds - 240) / 20)
  const guests = seconds >= 180 && seconds < 210 ? 5 : 0
  return main + guests
}

/** The last that was told until then. */
function usersAt({ users }: VirtualRun, atMs: number): number {
  return users.findLast((told) => told.atMs <= atMs)?.users ?? 0
}

describe('closed-loop phases', () => {
  const run = runVirtually(twoPhases)

  it('hold exactly the users of the plan at every moment', () => {
    for (let seconds = 0; seconds < 300; seconds += 0.37) {
      expect(
        Math.abs(usersAt(run, seconds * 1000) - planned(seconds)),
        `at ${seconds} s`,
      ).toBeLessThanOrEqual(0.5)
    }
  })

  it('leave nobody behind', () => {
    expect(usersAt(run, Number.POSITIVE_INFINITY)).toBe(0)
    expect(run.ended.completed + run.ended.cut).toBe(run.starts.length)
  })

  it('end when the scenario does, but for the requests that are under way', () => {
    expect(run.endMs).toBeGreaterThanOrEqual(300_000)
    expect(run.endMs).toBeLessThan(302_000)
    expect(Math.max(...run.requests.map(({ startMs }) => startMs))).toBeLessThan(300_000)
  })

  it('are what requests and records tell of', () => {
    const phases = new Set(run.records.map(({ phase, profile }) => `${phase} ${profile}`))
    // A guest who moves on to another phase ends the session as who they were.
    for (const name of [
      'morning quick-browser',
      'noon quick-browser',
      'guests impulse-buyer',
      'night quick-browser',
    ]) {
      expect(phases).toContain(name)
    }
  })
})

describe('open-loop phases', () => {
  const scenario = openLoop(5, 6, 'rampUpSeconds: 60')
  const run = runVirtually(scenario, { seed: 11 })

  it('start as many sessions as the rate asks for, within 4 sigma of a Poisson process', () => {
    const count = (fromS: number, toS: number) =>
      run.starts.filter(({ atMs }) => atMs >= fromS * 1000 && atMs < toS * 1000).length
    const parts = [
      [count(0, 60), 6 * 30],
      [count(30, 60), 6 * 22.5],
      [count(60, 180), 6 * 120],
      [count(180, 300), 6 * 120],
      [run.starts.length, 6 * 270],
    ]
    for (const [observed, expected] of parts) {
      expect(Math.abs(observed! - expected!)).toBeLessThan(4 * Math.sqrt(expected!))
    }
    expect(run.dropped).toBe(0)
  })

  it('start with gaps like those of a Poisson process: their deviation is their mean', () => {
    const times = run.starts.map(({ atMs }) => atMs).filter((atMs) => atMs >= 60_000)
    const gaps = times.slice(1).map((atMs, i) => atMs - times[i]!)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const squares = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (gaps.length - 1)
    expect(Math.sqrt(squares) / mean).toBeGreaterThan(0.88)
    expect(Math.sqrt(squares) / mean).toBeLessThan(1.12)
  })

  it('send nothing after the end of the scenario', () => {
    expect(Math.max(...run.requests.map(({ startMs }) => startMs))).toBeLessThanOrEqual(300_000)
  })

  it('drop the sessions for which there is no room, and count them', () => {
    const crowded = runVirtually({ ...scenario, maxConcurrentUsers: 20 }, { seed: 11 })
    expect(crowded.dropped).toBeGreaterThan(0)
    expect(crowded.starts.length + crowded.dropped).toBe(run.starts.length)
    expect(Math.max(...crowded.users.map(({ users }) => users))).toBe(20)
  })
})
