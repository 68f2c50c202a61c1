import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Scenario } from '../../src/scenario/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'
import { Stage } from './visitors-stage.ts'

const MINUTE_MS = 60_000
const closed = phaseOf({ users: 3, rampUpMs: 30_000, durationMs: MINUTE_MS })
const open = phaseOf({
  name: 'open',
  executor: { kind: 'constant-arrival-rate', sessionsPerSecond: 1 },
  durationMs: MINUTE_MS,
})
const scenario: Scenario = {
  ...smallScenario,
  accounts: 6,
  maxConcurrentUsers: 5,
  phases: [closed, open],
}
const stageOf = (phases: Scenario['phases'], settings: Partial<Scenario> = {}) =>
  new Stage({ ...scenario, phases, ...settings })

let stage: Stage

describe('closed-loop users', () => {
  beforeEach(() => {
    stage = stageOf([closed])
  })

  it('come as the level rises, each with an account and a process of their own', () => {
    stage.advance(0)
    expect(stage.present).toHaveLength(0)
    stage.advance(30_000)
    expect(stage.present.map(({ number, phase }) => [number, phase])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ])
    expect(new Set(stage.present.map(({ process }) => process)).size).toBe(3)
    expect([stage.users, stage.perPhase]).toEqual([3, [3]])
  })

  it('are intended for the time of their level, however late the world is', () => {
    stage.advance(30_000)
    expect(stage.begun.map(({ intendedMs }) => intendedMs)).toEqual([5_000, 15_000, 25_000])
  })

  it('return at once, in a new session with another account', () => {
    stage.advance(30_000)
    const [visitor] = stage.present
    const before = { session: visitor!.session, account: visitor!.account }
    stage.nowMs = 40_000
    stage.finish(0)
    expect(visitor).toMatchObject({ gone: false, visits: 2, requests: 0, intendedStartMs: 40_000 })
    expect(visitor!.session).not.toBe(before.session)
    // The one that has been idle longest, which is not the one that was just given back.
    expect(visitor!.account).not.toBe(before.account)
    expect([stage.started, stage.ended, stage.users]).toEqual([4, 1, 3])
  })

  it('leave with their phase', () => {
    stage.advance(30_000)
    stage.advance(MINUTE_MS)
    expect([stage.present.length, stage.ended, stage.users]).toEqual([0, 3, 0])
    expect(stage.visitors.over).toBe(true)
  })

  it('who find no room come when there is some', () => {
    const burst = phaseOf({
      executor: { kind: 'constant-arrival-rate', sessionsPerSecond: 2 },
      durationMs: 2000,
    })
    const late = phaseOf({ startMs: 3000, users: 2, durationMs: 10_000 })
    stage = stageOf([burst, late], { maxConcurrentUsers: 4 })
    stage.advance(3000)
    expect([stage.users, stage.perPhase]).toEqual([4, [4, 0]])
    stage.finish(0)
    stage.finish(0)
    expect([stage.users, stage.perPhase]).toEqual([4, [2, 2]])
  })
})

describe('open-loop users', () => {
  it('come once, and are counted as planned', () => {
    stage = stageOf([open])
    stage.advance(500)
    expect([stage.users, stage.perPhase, stage.planned]).toEqual([1, [1], 1])
    stage.finish(0)
    expect([stage.present.length, stage.users, stage.started, stage.ended]).toEqual([0, 0, 1, 1])
  })

  it('are intended for the time of the plan, and each has its number and its place', () => {
    stage = stageOf([open])
    stage.advance(3000)
    expect(stage.begun.map(({ intendedMs }) => intendedMs)).toEqual([500, 1500, 2500])
    expect(stage.present.map(({ number, place }) => [number, place])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
  })

  it('are dropped, and counted, when too many are there', () => {
    stage = stageOf([open])
    stage.advance(8000)
    expect([stage.present.length, stage.dropped, stage.planned]).toEqual([5, 3, 8])
  })

  it('are dropped when no account is free', () => {
    stage = stageOf([open], { accounts: 2 })
    stage.advance(4000)
    expect([stage.present.length, stage.dropped]).toEqual([2, 2])
  })

  it('are dropped by the limit of their own phase alone', () => {
    const limited = { ...open, executor: { ...open.executor, maxUsers: 2 } } as typeof open
    stage = stageOf([limited, open])
    stage.advance(3000)
    expect([stage.perPhase, stage.dropped]).toEqual([[2, 3], 1])
  })

  it('keep their numbers when others are dropped', () => {
    const numbers = (most: number) => {
      const played = stageOf([open, closed], { maxConcurrentUsers: most, accounts: 100 })
      played.play(2600)
      return new Set(played.begun.map(({ id }) => id.split('/')[0]))
    }
    const [few, many] = [numbers(4), numbers(100)]
    expect(many.size).toBe(63)
    expect(few.size).toBeLessThan(63)
    expect([...few].filter((number) => !many.has(number))).toEqual([])
  })
})

describe('the end of a phase', () => {
  const graceful = (gracefulStopMs: number | null) => phaseOf({ ...open, gracefulStopMs })

  it('cuts sessions when their time is over', () => {
    stage = stageOf([graceful(5000)], { accounts: 60, maxConcurrentUsers: 60 })
    stage.play(8000)
    // Those of the last three seconds.
    expect([stage.started, stage.cut, stage.nowMs]).toEqual([60, 3, 65_000])
  })

  it('is not waited for when nobody is left', () => {
    stage = stageOf([graceful(30_000)], { accounts: 60, maxConcurrentUsers: 60 })
    stage.play(2000)
    expect([stage.cut, stage.nowMs]).toEqual([0, 61_500])
  })

  it('lets sessions go on into the next phase where the phase says nothing', () => {
    const next = phaseOf({ ...open, startMs: MINUTE_MS, durationMs: 10_000, gracefulStopMs: null })
    stage = stageOf([graceful(null), next], { accounts: 100, maxConcurrentUsers: 100 })
    stage.play(100_000)
    expect([stage.started, stage.cut, stage.nowMs]).toEqual([70, 70, 70_000])
  })

  it('lets users with a graceful stop finish their session, and no other', () => {
    const users = phaseOf({ users: 2, rampUpMs: 0, durationMs: 10_000, gracefulStopMs: 4000 })
    const next = phaseOf({ users: 2, rampUpMs: 0, startMs: 10_000, durationMs: 10_000, gracefulStopMs: null })
    stage = stageOf([users, next], { maxConcurrentUsers: 4 })
    stage.advance(10_000)
    expect(stage.perPhase).toEqual([2, 2])
    stage.finish(0)
    expect(stage.perPhase).toEqual([1, 2])
    stage.advance(14_000)
    expect([stage.perPhase, stage.cut]).toEqual([[0, 2], 1])
  })

  it('is gentle to users whom a falling level needs no more', () => {
    const executor = {
      kind: 'ramping-users',
      startUsers: 4,
      stages: [{ durationMs: 10_000, users: 0 }],
    } as const
    stage = stageOf([phaseOf({ executor, durationMs: 20_000, gracefulStopMs: 3000 })])
    stage.advance(2000)
    expect(stage.users).toBe(4)
    stage.advance(4000)
    // The first was not needed from 1.25 s, the second from 3.75 s on.
    expect(stage.users).toBe(4)
    stage.advance(5000)
    expect([stage.users, stage.cut]).toEqual([3, 1])
  })
})

describe('iterations', () => {
  const phaseWith = (kind: 'per-user-iterations' | 'shared-iterations', users: number, iterations: number) =>
    phaseOf({ executor: { kind, users, iterations }, durationMs: MINUTE_MS, gracefulStopMs: 5000 })

  it('of every user are so many, and then the run is over', () => {
    stage = stageOf([phaseWith('per-user-iterations', 3, 4)])
    stage.play(1000)
    expect([stage.planned, stage.started, stage.ended, stage.cut]).toEqual([12, 12, 12, 0])
    expect(stage.nowMs).toBe(4000)
    expect(new Set(stage.begun.map(({ id }) => id.split(' ')[0]))).toEqual(
      new Set([0, 1, 2].flatMap((number) => [1, 2, 3, 4].map((visit) => `${number}/${visit}`))),
    )
  })

  it('that are shared go to whoever is free, no more at once than there are users', () => {
    stage = stageOf([phaseWith('shared-iterations', 3, 10)])
    stage.play(1000)
    expect([stage.planned, stage.started, stage.cut, stage.nowMs]).toEqual([10, 10, 0, 4000])
    expect(new Set(stage.begun.map(({ id }) => id.split('/')[0])).size).toBe(10)
  })

  it('end with their phase, done or not', () => {
    for (const kind of ['per-user-iterations', 'shared-iterations'] as const) {
      stage = stageOf([phaseWith(kind, 2, 100)])
      stage.play(25_000)
      // At 0, 25 and 50 s; the last are cut at 65 s.
      expect([stage.started, stage.cut, stage.nowMs]).toEqual([6, 2, 65_000])
    }
  })

  it('wait for room', () => {
    stage = stageOf([phaseWith('per-user-iterations', 4, 2)], { maxConcurrentUsers: 2 })
    stage.play(1000)
    expect([stage.started, stage.nowMs]).toEqual([8, 4000])
  })

  it('do not hold a later phase back', () => {
    const later = phaseOf({ ...open, startMs: 2 * MINUTE_MS })
    stage = stageOf([phaseWith('shared-iterations', 1, 1), later])
    stage.play(100)
    expect([stage.started, stage.visitors.over]).toEqual([61, true])
  })
})

describe('users of a closed loop who find no room', () => {
  it('are meant to begin when there is some, not when their phase wanted them', () => {
    const stages = [
      { durationMs: 1000, users: 2 },
      { durationMs: 0, users: 0 },
      { durationMs: 500, users: 0 },
      { durationMs: 0, users: 2 },
      { durationMs: 4000, users: 2 },
    ]
    const phase = phaseOf({
      executor: { kind: 'ramping-users', startUsers: 2, stages },
      durationMs: 5500,
      gracefulStopMs: 30_000,
    })
    stage = stageOf([phase], { maxConcurrentUsers: 2 })
    stage.play(2000)
    // Wanted from 1500 on, but the first two stay until their sessions end.
    const starts = stage.begun.map(({ intendedMs }) => intendedMs)
    expect(starts.slice(0, 4)).toEqual([0, 0, 2000, 2000])
  })
})

describe('the end', () => {
  it('sends everybody home for good', () => {
    stage = new Stage(scenario)
    stage.advance(30_000)
    const all = [...stage.present]
    stage.end()
    expect(all.every(({ gone }) => gone)).toBe(true)
    expect([stage.users, stage.visitors.count, stage.ended]).toEqual([0, 0, all.length])
    expect([stage.visitors.nextAtMs(), stage.visitors.over]).toEqual([Number.POSITIVE_INFINITY, true])
    stage.end()
    stage.advance(60_000)
    expect([stage.ended, stage.started]).toEqual([all.length, all.length])
  })
})

describe('randomness', () => {
  it('of a session follows from seed, visitor and visit, whatever happens between', () => {
    const identities = (order: readonly number[]) => {
      const played = stageOf([closed])
      played.advance(30_000)
      for (const index of order) played.finish(index)
      return played.begun.map(({ id }) => id).toSorted()
    }
    expect(identities([0, 1, 2, 0])).toEqual(identities([2, 0, 0, 1]))
  })

  it('gives every request a key of its own, the same in every run of a seed', () => {
    const keys = (seed: number) => {
      const played = new Stage({ ...scenario, phases: [closed] }, { seed })
      played.advance(30_000)
      return played.present.flatMap((visitor) =>
        Array.from({ length: 50 }, () => played.visitors.nextRequestKey(visitor)),
      )
    }
    expect(keys(1)).toEqual(keys(1))
    expect(new Set([...keys(1), ...keys(2)]).size).toBe(300)
  })
})

it('has no account in two sessions and no more users than allowed, whatever happens', () => {
  const anyStep = fc.oneof(
    fc.record({ finish: fc.nat(10) }),
    fc.record({ passMs: fc.integer({ min: 0, max: 20_000 }) }),
  )
  const iterations = phaseOf({
    executor: { kind: 'shared-iterations', users: 3, iterations: 20 },
    durationMs: MINUTE_MS,
    gracefulStopMs: 1000,
  })
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      stage = stageOf([closed, open, iterations])
      for (const step of steps) {
        if ('passMs' in step) stage.advance(stage.nowMs + step.passMs)
        else if (stage.present.length > 0) stage.finish(step.finish)
        const accounts = stage.present.map(({ account }) => account.number)
        expect(new Set(accounts).size).toBe(accounts.length)
        expect(stage.present.length).toBeLessThanOrEqual(scenario.maxConcurrentUsers)
        expect(stage.users).toBe(stage.present.length)
        expect(stage.started - stage.ended).toBe(stage.present.length)
      }
    }),
  )
})
