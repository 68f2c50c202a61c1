/** What every executor in the list must keep, with any settings that validation lets pass. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Executor,
  type ExecutorKindName,
  hasIterations,
  heldUsers,
  isOpen,
  type OpenExecutor,
} from '../../src/scenario/index.ts'
import { executors, type LevelKind, type OpenKind, scaledExecutor } from '../../src/traffic/index.ts'
import { ANY_EXECUTOR } from '../traffic/executors/any-executor.ts'
import { startsOf } from '../traffic/executors/starts-of.ts'

const anyDurationMs = fc.integer({ min: 1, max: 60_000 })
const RUNS = { numRuns: 40 }

describe.each(executors.all.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  const anyExecutor = ANY_EXECUTOR[name as ExecutorKindName] as fc.Arbitrary<Executor>

  it('says in words what it is, what others call it, and what each parameter means', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    const texts = kind.parameters.flatMap(({ summary, expects }) => [summary, expects])
    for (const text of [kind.summary, kind.knownAs, ...texts]) expect(text).toMatch(/^\S.*[^\s.]$/)
    expect(kind.parameters.length).toBeGreaterThan(0)
  })

  it('is an open or a closed loop, and says which', () => {
    fc.assert(
      fc.property(anyExecutor, (executor) => {
        expect(kind.model).toBe(isOpen(executor) ? 'open' : 'closed')
      }),
      { numRuns: 3 },
    )
  })

  it('can be scaled: by 1 nothing changes, and no load is scaled to nothing', () => {
    fc.assert(
      fc.property(anyExecutor, fc.double({ min: 0.01, max: 10, noNaN: true }), (executor, factor) => {
        expect(scaledExecutor(executor, 1)).toEqual(executor)
        const scaled = scaledExecutor(executor, factor)
        expect(heldUsers(scaled) > 0).toBe(heldUsers(executor) > 0)
        expect(Math.abs(heldUsers(scaled) - factor * heldUsers(executor))).toBeLessThanOrEqual(1)
      }),
      RUNS,
    )
  })
})

const openKinds = executors.all.filter((kind) => kind.model === 'open') as OpenKind[]
describe.each(openKinds.map((kind) => [kind.name, kind] as const))('%s, an open loop', (name, kind) => {
  const anyExecutor = ANY_EXECUTOR[name] as fc.Arbitrary<OpenExecutor>
  const always = (holds: (executor: OpenExecutor, durationMs: number, seed: number) => void): void => {
    fc.assert(fc.property(anyExecutor, anyDurationMs, fc.nat(), holds), RUNS)
  }

  it('starts within the phase, in order, and the same for the same seed and phase', () => {
    always((executor, durationMs, seed) => {
      const starts = startsOf(executor, durationMs, seed, 3)
      let last = 0
      for (const start of starts) {
        if (!(start >= last && start < durationMs)) expect.fail(`${start} after ${last} of ${durationMs}`)
        last = start
      }
      expect(startsOf(executor, durationMs, seed, 3)).toEqual(starts)
    })
  })

  it('starts the same when the phase is longer, as far as it goes', () => {
    always((executor, durationMs, seed) => {
      const longer = startsOf(executor, 2 * durationMs, seed)
      expect(startsOf(executor, durationMs, seed)).toEqual(longer.filter((start) => start < durationMs))
    })
  })

  it('has as many starts on average as it expects, and no higher mean than its peak', () => {
    always((executor, durationMs) => {
      const expected = kind.expectedStarts(executor, durationMs)
      expect(expected).toBeGreaterThanOrEqual(0)
      expect(expected).toBeLessThanOrEqual((kind.peakRate(executor, durationMs) * durationMs) / 1000 + 1e-6)
    })
  })

  it('expects in proportion to its scale', () => {
    always((executor, durationMs) => {
      const scaled = scaledExecutor(executor, 3) as OpenExecutor
      const expected = kind.expectedStarts(executor, durationMs)
      expect(kind.expectedStarts(scaled, durationMs) / 3).toBeCloseTo(expected, 6)
    })
  })
})

it.each([60_000, 7000])('average over many seeds what they expect within %i ms', (withinMs) => {
  const SEEDS = 60
  for (const { name } of openKinds) {
    const [executor] = fc.sample(ANY_EXECUTOR[name] as fc.Arbitrary<OpenExecutor>, { numRuns: 1, seed: 5 })
    const kind = openKinds.find((each) => each.name === name)!
    const counts = Array.from({ length: SEEDS }, (_, seed) => startsOf(executor!, withinMs, seed).length)
    const mean = counts.reduce((sum, count) => sum + count, 0) / SEEDS
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (SEEDS - 1)
    const expected = kind.expectedStarts(executor!, withinMs)
    // Four standard errors; one start is what rounding takes from exact spacing, and an amplified trace draws once.
    const tolerance = 4 * Math.sqrt(variance / SEEDS) + 1 + (name === 'trace-replay' ? 0.1 * expected : 0)
    if (!(Math.abs(mean - expected) <= tolerance)) expect.fail(`${name}: ${mean} of ${expected}`)
  }
})

const levelKinds = executors.all.filter((kind) => 'levels' in kind) as LevelKind[]
describe.each(levelKinds.map((kind) => [kind.name, kind] as const))('%s, by levels', (name, kind) => {
  it('has whole levels within the phase, in order, the highest of which it holds', () => {
    const anyExecutor = ANY_EXECUTOR[name]
    fc.assert(
      fc.property(anyExecutor, anyDurationMs, (executor, durationMs) => {
        const levels = [...kind.levels(executor as never, durationMs, 0)]
        let lastMs = 0
        for (const { sinceStartMs, users } of levels) {
          expect(sinceStartMs).toBeGreaterThanOrEqual(lastMs)
          expect(sinceStartMs).toBeLessThan(durationMs)
          expect(Number.isInteger(users) && users >= 0).toBe(true)
          expect(users).toBeLessThanOrEqual(heldUsers(executor as Executor))
          lastMs = sinceStartMs
        }
      }),
      RUNS,
    )
  })
})

it('have a number of sessions where they have iterations', () => {
  const kinds = executors.all.filter((kind) => 'sessions' in kind)
  expect(kinds.map(({ name }) => name)).toEqual(['per-user-iterations', 'shared-iterations'])
  for (const kind of kinds) {
    fc.assert(
      fc.property(ANY_EXECUTOR[kind.name] as fc.Arbitrary<Executor>, (executor) => {
        if (!hasIterations(executor)) return expect.fail(executor.kind)
        expect(kind.sessions(executor as never)).toBeGreaterThanOrEqual(executor.users)
      }),
      RUNS,
    )
  }
})
