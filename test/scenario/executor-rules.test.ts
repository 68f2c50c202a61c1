/** What a user reads when the executor of a phase is wrong, and what becomes of one that is right. */
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, type Phase, type Scenario } from '../../src/scenario/index.ts'
import { fileOf, messageOf, vocabulary } from './scenario-files.ts'

function scenarioWith(phases: string, accounts = 100): string {
  const lines = phases.trim().replaceAll('\n', '\n  ')
  return `name: s\ndescription: d\naccounts: ${accounts}\nphases:\n  ${lines}\n`
}

function load(phases: string, accounts?: number): Scenario {
  return loadScenario(fileOf(scenarioWith(phases, accounts)), { vocabulary }).scenario
}

/** The problems without the path of the file. */
function problemsOf(phases: string, accounts?: number): string[] {
  const file = fileOf(scenarioWith(phases, accounts))
  const message = messageOf(() => loadScenario(file, { vocabulary }))
  return message.split('\n').map((line) => line.replace(`${path.dirname(file)}/scenario.yaml:`, ''))
}

/** One phase with this executor. */
const phase = (executor: string, others = 'durationMinutes: 1'): string =>
  `- { name: a, behaviors: { quick-browser: 1 }, ${others === '' ? '' : `${others}, `}executor: ${executor} }`

const first = (scenario: Scenario): Phase => scenario.phases[0]!

describe('an executor', () => {
  it('is resolved to milliseconds, with its defaults', () => {
    expect(first(load(phase('{ kind: diurnal-arrivals, meanSessionsPerSecond: 2 }'))).executor).toEqual({
      kind: 'diurnal-arrivals',
      meanSessionsPerSecond: 2,
      amplitude: 0.5,
      periodMs: 86_400_000,
      peakMs: 43_200_000,
      noise: 0,
      noiseMs: 60_000,
    })
    const crowd =
      '{ kind: flash-crowd, baseSessionsPerSecond: 1, spikeFactor: 9, startSeconds: 1.5, decaySeconds: 20, maxUsers: 7 }'
    expect(first(load(phase(crowd))).executor).toEqual({
      kind: 'flash-crowd',
      baseSessionsPerSecond: 1,
      spikeFactor: 9,
      startMs: 1500,
      riseMs: 0,
      decayMs: 20_000,
      maxUsers: 7,
    })
  })

  it('is what the short forms are short for', () => {
    const executor = (fields: string) =>
      first(load(`- { name: a, durationMinutes: 1, behaviors: { quick-browser: 1 }, ${fields} }`)).executor
    expect(executor('users: 5, rampUpSeconds: 3')).toEqual(
      executor('executor: { kind: constant-users, users: 5, rampUpSeconds: 3 }'),
    )
    expect(executor('sessionsPerSecond: 5, rampUpSeconds: 3')).toEqual(
      executor('executor: { kind: poisson-arrivals, sessionsPerSecond: 5, rampUpSeconds: 3 }'),
    )
  })

  it('says how long its phase is, if it can', () => {
    const stages = '[{ durationSeconds: 30, users: 5 }, { durationSeconds: 0, users: 1 }]'
    const ramping = `{ kind: ramping-users, stages: ${stages} }`
    expect(first(load(phase(ramping, ''))).durationMs).toBe(30_000)
    expect(first(load(phase(ramping, 'durationMinutes: 1'))).durationMs).toBe(60_000)
    expect(first(load(phase('{ kind: shared-iterations, users: 1, iterations: 1 }', ''))).durationMs).toBe(
      600_000,
    )
    expect(problemsOf(phase('{ kind: constant-users, users: 5 }', ''))).toEqual([
      '5:5 phases[0].durationMinutes: expected number above 0, got nothing',
    ])
  })

  it('gives its sessions half a minute, the short forms their users to the next phase', () => {
    const graceOf = (fields: string) =>
      first(load(`- { name: a, durationMinutes: 1, behaviors: { quick-browser: 1 }, ${fields} }`))
        .gracefulStopMs
    expect(graceOf('executor: { kind: constant-users, users: 5 }')).toBe(30_000)
    expect(graceOf('executor: { kind: constant-users, users: 5 }, gracefulStopSeconds: 0')).toBe(0)
    expect(graceOf('users: 5')).toBeNull()
    expect(graceOf('users: 5, gracefulStopSeconds: 2')).toBe(2000)
  })

  it('bounds the users of the run', () => {
    const next = phase('{ kind: constant-users, users: 30 }')
    const twice = `${next}\n${next.replace('name: a', 'name: b')}`
    // Those of the first phase may still be there when the second begins.
    expect(load(twice).maxConcurrentUsers).toBe(60)
    expect(load(twice, 40).maxConcurrentUsers).toBe(40)
    expect(load(phase('{ kind: constant-arrival-rate, sessionsPerSecond: 1 }')).maxConcurrentUsers).toBe(100)
    const limited = phase('{ kind: constant-arrival-rate, sessionsPerSecond: 1, maxUsers: 12 }')
    expect(load(limited).maxConcurrentUsers).toBe(12)
    expect(problemsOf(limited, 10)).toEqual([
      '3:11 accounts: expected at least 12, the most users that the phases hold at once, got 10',
    ])
  })
})

describe('a wrong executor', () => {
  it.each([
    [
      '{ kind: ramping-user, stages: [] }',
      'executor.kind: expected one of "constant-users", .*, got "ramping-user" \\(did you mean "ramping-users"\\?\\)',
    ],
    ['5', 'executor: expected map, got 5'],
    [
      '{ kind: constant-arrival-rate, sessionPerSecond: 5 }',
      'executor.sessionPerSecond: unknown key \\(did you mean "sessionsPerSecond"\\?\\)',
    ],
    [
      '{ kind: constant-arrival-rate, rate: 5, sessionsPerSecond: 5 }',
      'executor.rate: unknown key: use one of kind, sessionsPerSecond, maxUsers',
    ],
    [
      '{ kind: constant-arrival-rate, sessionsPerSecond: 0 }',
      'executor.sessionsPerSecond: expected number above 0 and of at most 1000000, got 0',
    ],
    [
      '{ kind: ramping-users, stages: [{ durationSeconds: 90, users: 1 }] }',
      'executor.stages: expected at most 60 s in all, the length of the phase, got 90 s',
    ],
    [
      '{ kind: ramping-users, stages: [{ durationSeconds: 0, users: 1 }] }',
      'executor.stages: expected more than 0 s in all',
    ],
    [
      '{ kind: ramping-users, startUsers: 0, stages: [{ durationSeconds: 9, users: 0 }] }',
      'executor.stages: expected users in one of them, got none',
    ],
    [
      '{ kind: ramping-arrival-rate, stages: [{ durationSeconds: 9, sessionsPerSecond: 0 }] }',
      'executor.stages: expected a rate above 0 in one of them, got none',
    ],
    [
      '{ kind: ramping-users, stages: [{ durationSeconds: 9, target: 5 }] }',
      'executor.stages\\[0\\].target: unknown key: use one of durationSeconds, users',
    ],
    [
      '{ kind: shared-iterations, users: 5, iterations: 4 }',
      'executor.iterations: expected at least one for each of the 5 users, got 4',
    ],
    [
      '{ kind: bursty-arrivals, quietSessionsPerSecond: 5, burstSessionsPerSecond: 5, meanQuietSeconds: 1, meanBurstSeconds: 1 }',
      'executor.burstSessionsPerSecond: expected more than 5, the rate of quiet times, got 5',
    ],
    [
      '{ kind: constant-users, users: 1, rampUpSeconds: 61 }',
      'executor.rampUpSeconds: expected at most 60, the length of the phase, got 61',
    ],
    [
      '{ kind: flash-crowd, baseSessionsPerSecond: 1, spikeFactor: 2, startSeconds: 50, riseSeconds: 20, decaySeconds: 1 }',
      'executor.startSeconds: expected at most 60, the length of the phase, got 70',
    ],
    [
      '{ kind: flash-crowd, baseSessionsPerSecond: 1, spikeFactor: 1, decaySeconds: 1 }',
      'executor.spikeFactor: .*',
    ],
  ])('is named: %s', (executor, expected) => {
    const problems = problemsOf(phase(executor))
    expect(problems.some((problem) => new RegExp(` phases\\[0\\]\\.${expected}$`).test(problem))).toBe(true)
  })

  it('has all its problems told at once', () => {
    const problems = problemsOf(
      phase('{ kind: bursty-arrivals, quietSessionsPerSecond: -1, meanQuietSeconds: 0, bursts: 5 }'),
    )
    expect(problems.map((problem) => problem.split(' ')[1])).toEqual([
      'phases[0].executor.burstSessionsPerSecond:',
      'phases[0].executor.meanBurstSeconds:',
      'phases[0].executor.quietSessionsPerSecond:',
      'phases[0].executor.meanQuietSeconds:',
      'phases[0].executor.bursts:',
    ])
  })

  it('is beside no other way to drive a phase', () => {
    expect(problemsOf(phase('{ kind: constant-users, users: 5 }', 'durationMinutes: 1, users: 5'))).toEqual([
      expect.stringMatching(/executor: expected exactly one of users, .*, got users and executor$/),
    ])
    expect(
      problemsOf(phase('{ kind: constant-users, users: 5 }', 'durationMinutes: 1, rampUpSeconds: 5')),
    ).toEqual([expect.stringMatching(/phases\[0\].rampUpSeconds: unknown key of a phase with an executor/)])
  })

  it('varies in no number of users that it does not hold', () => {
    const varied = 'durationMinutes: 1, variability: { users: 0.5 }'
    expect(problemsOf(phase('{ kind: shared-iterations, users: 5, iterations: 9 }', varied))).toEqual([
      expect.stringMatching(/variability.users: expected 0, for shared-iterations holds no number of users/),
    ])
    expect(first(load(phase('{ kind: constant-users, users: 5 }', varied))).variability.users).toBe(0.5)
  })
})
