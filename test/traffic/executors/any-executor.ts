/** Any executor of each kind that validation lets pass, small enough for a phase of a minute or so. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Executor, ExecutorKindName } from '../../../src/scenario/index.ts'
import { lastingDirectory } from '../../lasting-directory.ts'
import { scenarioOf } from '../../shop/small-scenario.ts'

const rate = fc.double({ min: 0.1, max: 50, noNaN: true })
const rateOrNone = fc.oneof(rate, fc.constant(0))
const users = fc.integer({ min: 1, max: 40 })
const level = fc.nat(40)
const ms = fc.integer({ min: 0, max: 30_000 })
const someMs = fc.integer({ min: 1, max: 30_000 })
const share = fc.double({ min: 0, max: 1, noNaN: true })

const stagesOf = <Target extends object>(target: { [Name in keyof Target]: fc.Arbitrary<Target[Name]> }) =>
  fc.array(
    fc.record({ durationMs: ms, ...target } as never) as fc.Arbitrary<Target & { durationMs: number }>,
    {
      minLength: 1,
      maxLength: 4,
    },
  )

export const ANY_EXECUTOR: {
  readonly [Kind in ExecutorKindName]: fc.Arbitrary<Extract<Executor, { kind: Kind }>>
} = {
  'constant-users': fc.record({ kind: fc.constant('constant-users'), users, rampUpMs: ms }),
  'ramping-users': fc.record({
    kind: fc.constant('ramping-users'),
    startUsers: level,
    stages: stagesOf({ users: level }),
  }),
  'per-user-iterations': fc.record({
    kind: fc.constant('per-user-iterations'),
    users,
    iterations: fc.integer({ min: 1, max: 20 }),
  }),
  'shared-iterations': fc
    .record({ kind: fc.constant('shared-iterations' as const), users, more: fc.nat(100) })
    .map(({ kind, users, more }) => ({ kind, users, iterations: users + more })),
  'constant-arrival-rate': fc.record({ kind: fc.constant('constant-arrival-rate'), sessionsPerSecond: rate }),
  'ramping-arrival-rate': fc.record({
    kind: fc.constant('ramping-arrival-rate'),
    startSessionsPerSecond: rateOrNone,
    stages: stagesOf({ sessionsPerSecond: rateOrNone }),
  }),
  'poisson-arrivals': fc.record({
    kind: fc.constant('poisson-arrivals'),
    sessionsPerSecond: rate,
    rampUpMs: ms,
  }),
  'bursty-arrivals': fc
    .record({
      kind: fc.constant('bursty-arrivals' as const),
      quietSessionsPerSecond: rateOrNone,
      more: rate,
      meanQuietMs: someMs,
      meanBurstMs: someMs,
    })
    .map(({ more, ...executor }) => ({
      ...executor,
      burstSessionsPerSecond: executor.quietSessionsPerSecond + more,
    })),
  'diurnal-arrivals': fc.record({
    kind: fc.constant('diurnal-arrivals'),
    meanSessionsPerSecond: rate,
    amplitude: share,
    periodMs: someMs,
    peakMs: ms,
    noise: share,
    noiseMs: someMs,
  }),
  'flash-crowd': fc.record({
    kind: fc.constant('flash-crowd'),
    baseSessionsPerSecond: rate,
    spikeFactor: fc.double({ min: 1.1, max: 20, noNaN: true }),
    startMs: ms,
    riseMs: ms,
    decayMs: someMs,
  }),
  'trace-replay': fc
    .record({
      speed: fc.double({ min: 0.1, max: 10, noNaN: true }),
      factor: fc.oneof(fc.constant(1), fc.double({ min: 0.1, max: 3, noNaN: true })),
    })
    .map((settings) => ({ ...smallTrace(), ...settings })),
}

let known: Extract<Executor, { kind: 'trace-replay' }> | undefined

/** A thousand requests in twenty seconds, in a file that stays there until the tests are over. */
function smallTrace(): Extract<Executor, { kind: 'trace-replay' }> {
  if (known !== undefined) return known
  const file = join(lastingDirectory(), 'trace.csv')
  const lines = Array.from({ length: 1000 }, (_, k) => `${k * 20 + ((k * 7919) % 13)}`)
  writeFileSync(file, `ms\n${lines.join('\n')}\n`)
  const { phases } = scenarioOf(`
name: traced
description: A trace
accounts: 10
phases:
  - { name: only, behaviors: { quick-browser: 1 }, executor: { kind: trace-replay, file: ${file} } }
`)
  known = phases[0]!.executor as Extract<Executor, { kind: 'trace-replay' }>
  return known
}
