import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { peakUsers } from '../../src/scenario/index.ts'
import { type LevelStep, levelSteps } from '../../src/traffic/index.ts'
import { type PhaseSettings, phaseOf } from '../shop/small-scenario.ts'

function stepsOf(...phases: PhaseSettings[]): LevelStep[] {
  return seededSteps(1, ...phases)
}

function seededSteps(seed: number, ...phases: PhaseSettings[]): LevelStep[] {
  return levelSteps(
    phases.map((phase) => phaseOf({ rampUpMs: 0, ...phase })),
    seed,
  )
}

/** What a phase wants after all steps up to `atMs`. */
function levelAt(steps: readonly LevelStep[], phase: number, atMs: number): number {
  return steps.filter((step) => step.phase === phase && step.atMs <= atMs).at(-1)?.users ?? 0
}

/** Integral of what a phase wants, in user-milliseconds. */
function areaOf(steps: readonly LevelStep[], phase: number): number {
  let area = 0
  let level = 0
  let sinceMs = 0
  for (const step of steps) {
    if (step.phase !== phase) continue
    area += level * (step.atMs - sinceMs)
    level = step.users
    sinceMs = step.atMs
  }
  return area
}

describe('a phase on its own', () => {
  it('ramps up in steps of one user, holds, and wants nobody after its end', () => {
    expect(stepsOf({ startMs: 100, durationMs: 1000, users: 4, rampUpMs: 400 })).toEqual([
      { atMs: 150, phase: 0, users: 1 },
      { atMs: 250, phase: 0, users: 2 },
      { atMs: 350, phase: 0, users: 3 },
      { atMs: 450, phase: 0, users: 4 },
      { atMs: 1100, phase: 0, users: 0 },
    ])
  })

  it('wants all users at once without a ramp', () => {
    const steps = stepsOf({ startMs: 7, durationMs: 10, users: 30 })
    expect(levelAt(steps, 0, 6)).toBe(0)
    expect(levelAt(steps, 0, 7)).toBe(30)
    expect(levelAt(steps, 0, 17)).toBe(0)
  })

  it('has the area of the line that it ramps along', () => {
    const anyPhase = fc.record({
      startMs: fc.nat(10_000),
      durationMs: fc.integer({ min: 1000, max: 10_000 }),
      rampUpMs: fc.nat(1000),
      users: fc.integer({ min: 1, max: 200 }),
    })
    fc.assert(
      fc.property(anyPhase, (phase) => {
        const expected = phase.users * (phase.durationMs - phase.rampUpMs / 2)
        expect(areaOf(stepsOf(phase), 0) / expected).toBeCloseTo(1, 9)
      }),
    )
  })

  it('wants nobody when arrivals drive it', () => {
    expect(stepsOf({ users: 0, sessionsPerSecond: 3 })).toEqual([])
  })
})

describe('phases that follow each other', () => {
  const first = { startMs: 0, durationMs: 1000, users: 10 }

  it.each([
    ['up', 14, [10, 11, 12, 13, 14]],
    ['down', 7, [10, 9, 8, 7]],
    ['nowhere', 10, [10]],
  ])('hand their users over, and ramp %s from there', (_, users, levels) => {
    const steps = stepsOf(first, { startMs: 1000, durationMs: 1000, users, rampUpMs: 500 })
    const second = steps.filter(({ phase }) => phase === 1)
    expect(second.map((step) => step.users)).toEqual([...levels, 0])
    expect(second[0]!.atMs).toBe(1000)
    const line = ((10 + users) / 2) * 500 + users * 500
    expect(areaOf(steps, 1)).toBeCloseTo(line, 6)
  })

  it('hand nobody over across a gap', () => {
    const steps = stepsOf(first, { startMs: 1001, durationMs: 1000, users: 5, rampUpMs: 500 })
    expect(levelAt(steps, 1, 1001)).toBe(0)
  })

  it('share what ends between those that start together, in proportion', () => {
    const start = { startMs: 1000, durationMs: 1000, rampUpMs: 500 }
    const steps = stepsOf(first, { ...start, users: 30 }, { ...start, users: 20 })
    expect([1, 2].map((phase) => levelAt(steps, phase, 1000))).toEqual([6, 4])
  })

  it('collect the users of all that end together', () => {
    const steps = stepsOf(
      first,
      { ...first, users: 5 },
      { startMs: 1000, durationMs: 10, users: 40, rampUpMs: 10 },
    )
    expect(levelAt(steps, 2, 1000)).toBe(15)
  })
})

it('lets phases that overlap want their users side by side', () => {
  const steps = stepsOf(
    { startMs: 0, durationMs: 1000, users: 10 },
    { startMs: 500, durationMs: 1000, users: 6, rampUpMs: 100 },
  )
  expect([0, 1].map((phase) => levelAt(steps, phase, 800))).toEqual([10, 6])
  expect([0, 1].map((phase) => levelAt(steps, phase, 1200))).toEqual([0, 6])
})

it('lists the steps of all phases in the order of time', () => {
  const anyPhase = fc.record({
    startMs: fc.nat(50),
    durationMs: fc.integer({ min: 1, max: 50 }),
    rampUpMs: fc.nat(50),
    users: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.array(anyPhase, { minLength: 1, maxLength: 5 }), (phases) => {
      const times = stepsOf(...phases).map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }),
  )
})

describe('a phase that varies', () => {
  const MINUTE_MS = 60_000
  const varying = (users: number) => ({ users, thinkTime: 0, actions: 0 })
  /** The level in the middle of each of so many minutes. */
  const levelsOf = (steps: readonly LevelStep[], minutes: number): number[] =>
    Array.from({ length: minutes }, (_, minute) => levelAt(steps, 0, (minute + 0.5) * MINUTE_MS))

  it('has a level of its own every minute, within so much of its number, and never more room than that', () => {
    const anyCase = fc.record({
      seed: fc.nat(),
      users: fc.integer({ min: 1, max: 300 }),
      varied: fc.double({ min: 0.01, max: 1, noNaN: true }),
      minutes: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(anyCase, ({ seed, users, varied, minutes }) => {
        const phase = phaseOf({ users, durationMs: minutes * MINUTE_MS, variability: varying(varied) })
        const levels = levelsOf(seededSteps(seed, phase), minutes)
        for (const level of levels) expect(Math.abs(level - users)).toBeLessThanOrEqual(users * varied + 0.5)
        expect(Math.max(...levels)).toBeLessThanOrEqual(peakUsers([phase]))
        expect(levelAt(seededSteps(seed, phase), 0, minutes * MINUTE_MS)).toBe(0)
      }),
    )
  })

  it('has its number in the mean, and all levels between the bounds alike', () => {
    const minutes = 5000
    const phase = { users: 100, durationMs: minutes * MINUTE_MS, variability: varying(0.5) }
    const levels = levelsOf(stepsOf(phase), minutes)
    const mean = levels.reduce((sum, level) => sum + level) / minutes
    // Uniform within 100 +- 50: a standard deviation of 28.9, of the mean of 5000 of 0.41.
    expect(Math.abs(mean - 100)).toBeLessThan(4 * 0.41)
    expect(Math.min(...levels)).toBeLessThan(55)
    expect(Math.max(...levels)).toBeGreaterThan(145)
  })

  it('keeps to the plan while it ramps', () => {
    const phase = { startMs: 500, users: 10, rampUpMs: 90_000, durationMs: 4 * MINUTE_MS }
    const steps = stepsOf({ ...phase, variability: varying(1) })
    const ramping = steps.filter(({ atMs }) => atMs < 90_500)
    expect(ramping).toEqual(stepsOf(phase).filter(({ atMs }) => atMs < 90_500))
    const times = steps.slice(ramping.length).map(({ atMs }) => atMs)
    expect(times).toEqual([90_500, 120_500, 180_500, 240_500])
  })

  it('has other levels with another seed and in another phase, and the same with the same', () => {
    const phase = { users: 100, durationMs: 10 * MINUTE_MS, variability: varying(0.5) }
    expect(seededSteps(7, phase)).toEqual(seededSteps(7, phase))
    expect(levelsOf(seededSteps(7, phase), 10)).not.toEqual(levelsOf(seededSteps(8, phase), 10))
    const both = seededSteps(7, phase, phase)
    const usersOf = (index: number) => both.filter((step) => step.phase === index).map(({ users }) => users)
    expect(usersOf(0)).not.toEqual(usersOf(1))
  })

  it('has the same levels whatever the seed when it varies by nothing', () => {
    const phase = { users: 50, durationMs: 10 * MINUTE_MS, rampUpMs: 30_000, variability: varying(0) }
    expect(seededSteps(7, phase)).toEqual(seededSteps(8, phase))
    expect(seededSteps(7, phase)).toHaveLength(51)
  })
})
