/** A run cut into segments: together they carry out the whole plan, and each part of it once. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Executor,
  type ExecutorKindName,
  hasIterations,
  isOpen,
  type Scenario,
} from '../../src/scenario/index.ts'
import { limitOf, shareOf } from '../../src/traffic/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'
import { ANY_EXECUTOR } from '../traffic/executors/any-executor.ts'
import { type Begun, Stage } from './visitors-stage.ts'

const SESSION_MS = 1700

const anyPhase = fc
  .record({
    executor: fc.oneof(...(Object.values(ANY_EXECUTOR) as fc.Arbitrary<Executor>[])),
    startMs: fc.nat(5000),
    durationMs: fc.integer({ min: 1, max: 8000 }),
    gracefulStopMs: fc.constantFrom(null, 0, 1000, 30_000),
  })
  // With time for all iterations: how many of a shared budget are not come to hangs on who has how many users.
  .map((phase) => phaseOf(hasIterations(phase.executor) ? { ...phase, durationMs: 600_000 } : phase))

function scenarioOf(phases: Scenario['phases']): Scenario {
  return { ...smallScenario, accounts: 20_000, maxConcurrentUsers: 20_000, phases }
}

/** Which sessions there were. When one starts is up to the plan in an open loop only. */
function idsOf({ begun }: Stage): string[] {
  const when = ({ visitor, intendedMs }: Begun): string =>
    isOpen(visitor.currentPhase().executor) ? `at ${intendedMs}` : ''
  return begun.map((session) => `${session.id} ${when(session)}`).toSorted()
}

describe('segments', () => {
  it('together carry out what one process does, and nothing twice', () => {
    fc.assert(
      fc.property(
        fc.array(anyPhase, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(),
        (phases, count, seed) => {
          const scenario = scenarioOf(phases)
          const whole = new Stage(scenario, { seed })
          whole.play(SESSION_MS)
          const parts = Array.from({ length: count }, (_, index) => {
            const part = new Stage(scenario, { seed, segment: { index, count } })
            part.play(SESSION_MS)
            return part
          })
          expect(parts.flatMap(idsOf).toSorted()).toEqual(idsOf(whole))
          for (const sum of ['planned', 'started', 'ended', 'cut', 'dropped'] as const) {
            expect(parts.reduce((total, part) => total + part[sum], 0)).toBe(whole[sum])
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('of a simulation carry out everything, and tell each of its own', () => {
    fc.assert(
      fc.property(
        fc.array(anyPhase, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 2, max: 5 }),
        (phases, count) => {
          const scenario = scenarioOf(phases)
          const whole = new Stage(scenario)
          whole.play(SESSION_MS)
          const parts = Array.from({ length: count }, (_, index) => {
            const part = new Stage(scenario, { segment: { index, count }, simulatesAll: true })
            part.play(SESSION_MS)
            return part
          })
          for (const part of parts) expect(idsOf(part)).toEqual(idsOf(whole))
          const owned = parts.flatMap(({ begun }) => begun.filter(({ owned }) => owned).map(({ id }) => id))
          expect(owned.toSorted()).toEqual(whole.begun.map(({ id }) => id).toSorted())
          const started = parts.map(({ started }) => started)
          expect(started.reduce((total, own) => total + own, 0)).toBe(whole.started)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('have accounts of their own, and session numbers of their own', () => {
    const scenario = {
      ...scenarioOf([phaseOf({ users: 30, rampUpMs: 0, durationMs: 1000 })]),
      accounts: 40,
    }
    const seen = { accounts: [] as number[], sessions: [] as number[] }
    for (const index of [0, 1, 2]) {
      const part = new Stage(scenario, { segment: { index, count: 3 } })
      part.advance(0)
      for (const { account, session } of part.present) {
        seen.accounts.push(account.number)
        seen.sessions.push(session)
      }
    }
    expect(new Set(seen.accounts).size).toBe(30)
    expect(new Set(seen.sessions).size).toBe(30)
  })

  it('share limits out, and nobody is left without', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 50 }), (total, count) => {
        const shares = Array.from({ length: count }, (_, index) => shareOf({ index, count }, total))
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
        expect(limitOf({ index: count - 1, count }, total)).toBeGreaterThanOrEqual(1)
      }),
    )
  })

  it.each(['shared-iterations', 'per-user-iterations'] as ExecutorKindName[])(
    'without a user of %s have no session either',
    (kind) => {
      const executor = { kind, users: 2, iterations: 9 } as Executor
      const scenario = scenarioOf([phaseOf({ executor, durationMs: 60_000, gracefulStopMs: 0 })])
      const started = [0, 1, 2].map((index) => {
        const part = new Stage(scenario, { segment: { index, count: 3 } })
        part.play(100)
        return part.started
      })
      expect(started).toEqual(kind === 'shared-iterations' ? [5, 4, 0] : [9, 9, 0])
    },
  )
})
