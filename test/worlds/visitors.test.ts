import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Scenario } from '../../src/scenario/index.ts'
import type { Visitor } from '../../src/worlds/visitor.ts'
import { Visitors } from '../../src/worlds/visitors.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

const RESULT = { signedIn: true, ordered: false, pages: 1 }

/** Plays the world: begins sessions but carries nothing out. */
class Stage {
  readonly visitors: Visitors
  nowMs = 0
  /** Sessions under way, oldest first. */
  readonly present: Visitor[] = []
  readonly ids: string[] = []
  started = 0
  ended = 0
  dropped = 0
  users = 0
  perPhase: readonly number[] = []

  constructor(scenario: Scenario, seed = 1) {
    this.visitors = new Visitors({
      scenario,
      seed,
      accountPrefix: 'p',
      now: () => this.nowMs,
      begin: (visitor) => {
        this.ids.push(`${visitor.number}/${visitor.visits} ${visitor.profile} ${visitor.key}`)
        if (!this.present.includes(visitor)) this.present.push(visitor)
      },
      observer: {
        onRequest: () => {},
        onCheck: () => {},
        onSessionStart: () => this.started++,
        onSessionEnd: () => this.ended++,
        onDropped: () => this.dropped++,
        onUsers: (_, users, perPhase) => {
          this.users = users
          this.perPhase = [...perPhase]
        },
      },
    })
  }

  advance(nowMs: number): void {
    this.nowMs = nowMs
    this.visitors.advance(nowMs)
    this.#sweep()
  }

  finish(index: number): void {
    this.visitors.finish(this.present[index % this.present.length]!, RESULT)
    this.#sweep()
  }

  end(): void {
    this.visitors.end()
    this.#sweep()
  }

  #sweep(): void {
    this.present.splice(0, Number.POSITIVE_INFINITY, ...this.present.filter(({ gone }) => !gone))
  }
}

const MINUTE_MS = 60_000
const closed = phaseOf({ users: 3, rampUpMs: 30_000, durationMs: MINUTE_MS })
const open = phaseOf({ name: 'open', users: 0, sessionsPerSecond: 1, durationMs: MINUTE_MS })
const scenario: Scenario = {
  ...smallScenario,
  accounts: 6,
  maxConcurrentUsers: 5,
  phases: [closed, open],
}

let stage: Stage

beforeEach(() => {
  stage = new Stage(scenario)
})

describe('closed-loop users', () => {
  it('come as the level rises, each with an account and a process of their own', () => {
    stage.advance(0)
    expect(stage.present).toHaveLength(0)
    stage.advance(30_000)
    expect(stage.present.map(({ number, returns, phase }) => [number, returns, phase])).toEqual([
      [0, true, 0],
      [1, true, 0],
      [2, true, 0],
    ])
    expect(new Set(stage.present.map(({ process }) => process)).size).toBe(3)
    expect([stage.users, stage.perPhase]).toEqual([3, [3, 0]])
  })

  it('return at once, in a new session with another account', () => {
    stage.advance(30_000)
    const [visitor] = stage.present
    const before = { session: visitor!.session, account: visitor!.account }
    stage.finish(0)
    expect(visitor).toMatchObject({ gone: false, visits: 2, requests: 0 })
    expect(visitor!.session).not.toBe(before.session)
    // The one that has been idle longest, which is not the one that was just given back.
    expect(visitor!.account).not.toBe(before.account)
    expect([stage.started, stage.ended, stage.users]).toEqual([4, 1, 3])
  })

  it('leave with their phase', () => {
    stage.advance(30_000)
    stage.advance(MINUTE_MS)
    expect([stage.present.length, stage.ended, stage.users]).toEqual([0, 3, 0])
  })
})

describe('open-loop users', () => {
  it('come once', () => {
    stage.visitors.arrive(1)
    expect([stage.users, stage.perPhase]).toEqual([1, [0, 1]])
    stage.finish(0)
    expect([stage.present.length, stage.users, stage.started, stage.ended]).toEqual([0, 0, 1, 1])
  })

  it('are dropped, and counted, when too many are there', () => {
    for (let i = 0; i < 8; i++) stage.visitors.arrive(1)
    expect([stage.present.length, stage.dropped]).toEqual([5, 3])
  })

  it('are dropped when no account is free', () => {
    stage = new Stage({ ...scenario, accounts: 2 })
    for (let i = 0; i < 4; i++) stage.visitors.arrive(1)
    expect([stage.present.length, stage.dropped]).toEqual([2, 2])
  })
})

describe('the end', () => {
  it('sends everybody home for good', () => {
    stage.advance(30_000)
    stage.visitors.arrive(1)
    const all = [...stage.present]
    stage.end()
    expect(all.every(({ gone }) => gone)).toBe(true)
    expect([stage.users, stage.visitors.count, stage.ended]).toEqual([0, 0, 4])
    stage.end()
    expect(stage.ended).toBe(4)
  })
})

describe('randomness', () => {
  it('of a session follows from seed, visitor and visit, whatever happens between', () => {
    const identities = (order: readonly number[]) => {
      const played = new Stage(scenario)
      played.advance(30_000)
      for (const index of order) played.finish(index)
      return played.ids.toSorted()
    }
    expect(identities([0, 1, 2, 0])).toEqual(identities([2, 0, 0, 1]))
  })

  it('gives every request a key of its own, the same in every run of a seed', () => {
    const keys = (seed: number) => {
      const played = new Stage(scenario, seed)
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
    fc.constant('arrive' as const),
    fc.record({ finish: fc.nat(10) }),
    fc.record({ passMs: fc.integer({ min: 0, max: 20_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      stage = new Stage(scenario)
      for (const step of steps) {
        if (step === 'arrive') stage.visitors.arrive(1)
        else if ('passMs' in step) stage.advance(stage.nowMs + step.passMs)
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
