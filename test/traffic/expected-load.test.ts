import { describe, expect, it } from 'vitest'
import { policyFactory } from '../../src/routing/index.ts'
import { type Executor, heldUsers, loadScenario, type Scenario } from '../../src/scenario/index.ts'
import { RunStatistics, vocabulary } from '../../src/study/index.ts'
import { expectedLoad } from '../../src/traffic/index.ts'
import { DecisionStatistics, runVirtual } from '../../src/worlds/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

async function run(scenario: Scenario): Promise<RunStatistics> {
  const statistics = new RunStatistics(scenario)
  await runVirtual({
    scenario,
    seed: scenario.seed,
    policies: policyFactory('least-outstanding'),
    observer: statistics,
    decisions: new DecisionStatistics(),
  })
  return statistics
}

/** A day as in the shipped scenario, with a quarter of its users. */
function smallDay(): Scenario {
  const { scenario } = loadScenario('scenarios/comprehensive.yaml', { vocabulary })
  const phases = scenario.phases.map((phase) => {
    const executor = { ...phase.executor, users: Math.ceil(heldUsers(phase.executor) / 4) } as Executor
    return { ...phase, executor }
  })
  return { ...scenario, phases }
}

/** The same, with phases that vary in everything. */
function variedDay(): Scenario {
  const scenario = smallDay()
  const variability = { users: 0.5, thinkTime: 0.5, actions: 0.3 }
  return { ...scenario, phases: scenario.phases.map((phase) => ({ ...phase, variability })) }
}

function openLoop(): Scenario {
  const phase = phaseOf({ users: 0, sessionsPerSecond: 0.3, durationMs: 5_400_000, rampUpMs: 600_000 })
  return { ...smallScenario, accounts: 500, maxConcurrentUsers: 500, phases: [phase] }
}

const TOLERANCE = 0.15

describe('expectedLoad', () => {
  it.each([
    ['users', smallDay()],
    ['arrivals', openLoop()],
    ['users that vary', variedDay()],
  ])('is within 15 % of what a run makes that is driven by %s', async (_, scenario) => {
    const expected = expectedLoad(scenario)
    const made = await run(scenario)
    expect(made.sessions.dropped).toBe(0)
    expect(Math.abs(expected.requests / made.total.requests - 1)).toBeLessThan(TOLERANCE)
    expect(Math.abs(expected.sessions / made.sessions.started - 1)).toBeLessThan(TOLERANCE)
    for (const [i, { counts }] of made.phases.entries()) {
      expect(Math.abs(expected.phases[i]!.requests / counts.requests - 1)).toBeLessThan(TOLERANCE)
    }
    expect(expected.phases.reduce((sum, phase) => sum + phase.requests, 0)).toBeCloseTo(expected.requests, -1)
  })

  it('knows the peak of users that phases hold', () => {
    const phases = [
      phaseOf({ startMs: 0, durationMs: 1000, users: 10, rampUpMs: 100 }),
      phaseOf({ startMs: 500, durationMs: 1000, users: 6 }),
      phaseOf({ startMs: 1500, durationMs: 1000, users: 12 }),
    ]
    expect(expectedLoad({ ...smallScenario, phases })).toMatchObject({ peakUsers: 16, durationMs: 2500 })
  })

  it("takes the peak of users that arrivals bring from Little's law", async () => {
    const scenario = openLoop()
    const { users } = (await run(scenario)).series
      .points(5_400_000)
      .reduce((most, point) => (point.users > most.users ? point : most))
    const { peakUsers } = expectedLoad(scenario)
    expect(peakUsers).toBeLessThan(users)
    expect(peakUsers).toBeGreaterThan(0.6 * users)
  })

  it('has no requests where nobody comes', () => {
    const phases = [phaseOf({ users: 0, sessionsPerSecond: 0 })]
    expect(expectedLoad({ ...smallScenario, phases })).toMatchObject({
      requests: 0,
      sessions: 0,
      peakUsers: 0,
    })
  })
})

describe('expectedLoad of executors', () => {
  const loadOf = (executor: Executor, durationMs: number) =>
    expectedLoad({ ...smallScenario, phases: [phaseOf({ executor, durationMs })] })

  it('has the sessions of a phase of iterations, if there is time for them', () => {
    const hours = loadOf({ kind: 'shared-iterations', users: 5, iterations: 40 }, 3_600_000)
    expect([hours.sessions, hours.peakUsers]).toEqual([40, 5])
    expect(loadOf({ kind: 'per-user-iterations', users: 5, iterations: 4 }, 3_600_000).sessions).toBe(20)
    const short = loadOf({ kind: 'shared-iterations', users: 5, iterations: 4000 }, 600_000).sessions
    expect(short).toBeGreaterThan(5)
    expect(short).toBeLessThan(400)
  })

  it('has the area under the rate of an open loop', () => {
    const stages = [
      { durationMs: 60_000, sessionsPerSecond: 4 },
      { durationMs: 60_000, sessionsPerSecond: 0 },
    ]
    const ramp = loadOf({ kind: 'ramping-arrival-rate', startSessionsPerSecond: 0, stages }, 120_000)
    expect(ramp.sessions).toBe(240)
    const crowd = loadOf(
      {
        kind: 'flash-crowd',
        baseSessionsPerSecond: 1,
        spikeFactor: 11,
        startMs: 60_000,
        riseMs: 0,
        decayMs: 30_000,
      },
      600_000,
    )
    expect(crowd.sessions).toBe(600 + 10 * 30)
  })

  it('expects no more than the limit of a phase lets in', () => {
    const executor = { kind: 'constant-arrival-rate', sessionsPerSecond: 50 } as const
    const [free, limited] = [loadOf(executor, 600_000), loadOf({ ...executor, maxUsers: 10 }, 600_000)]
    expect(free.sessions).toBe(30_000)
    expect(limited.sessions).toBeLessThan(free.sessions / 10)
    expect(limited.peakUsers).toBe(10)
  })

  it('knows that iterations may be done long before their phase is over', () => {
    const load = loadOf({ kind: 'per-user-iterations', users: 5, iterations: 4 }, 36_000_000)
    const long = loadOf({ kind: 'per-user-iterations', users: 5, iterations: 8 }, 36_000_000)
    expect(load.durationMs).toBe(36_000_000)
    expect(load.likelyMs).toBeLessThan(36_000_000)
    expect(long.likelyMs).toBeCloseTo(2 * load.likelyMs, 6)
    expect(load.phases[0]!.requestsPerSecond).toBeCloseTo((load.requests * 1000) / load.likelyMs, 0)
  })

  it('adds up the users of phases that overlap, and not those of phases that follow each other', () => {
    const flows = (startMs: number, executor: Executor) => phaseOf({ startMs, durationMs: 600_000, executor })
    const clock = { kind: 'constant-arrival-rate', sessionsPerSecond: 1 } as const
    const held = { kind: 'constant-users', users: 7, rampUpMs: 0 } as const
    const peakOf = (...phases: Scenario['phases']) =>
      expectedLoad({ ...smallScenario, accounts: 9999, phases }).peakUsers
    const alone = peakOf(flows(0, clock))
    expect(peakOf(flows(0, clock), flows(0, clock))).toBeGreaterThanOrEqual(2 * alone - 1)
    expect(peakOf(flows(0, clock), flows(0, held))).toBe(alone + 7)
    expect(peakOf(flows(0, clock), flows(36_000_000, held))).toBe(alone)
    expect(
      peakOf(flows(0, held), flows(600_000, { kind: 'shared-iterations', users: 5, iterations: 9 })),
    ).toBe(7)
  })

  it('looks for the most users where they are most, and adds a burst to quiet times', async () => {
    const bursts = {
      kind: 'bursty-arrivals',
      quietSessionsPerSecond: 0,
      burstSessionsPerSecond: 50,
      meanQuietMs: 600_000,
      meanBurstMs: 100,
    } as const
    // One burst brings 5 at a time; at its rate for as long as a session takes it would be hundreds.
    expect(loadOf(bursts, 600_000).peakUsers).toBeLessThan(12)
    const crowd = {
      kind: 'flash-crowd',
      baseSessionsPerSecond: 0.05,
      spikeFactor: 20,
      startMs: 1_800_000,
      riseMs: 10_000,
      decayMs: 60_000,
    } as const
    const phase = phaseOf({ executor: crowd, durationMs: 5_400_000 })
    const scenario = { ...smallScenario, accounts: 9999, maxConcurrentUsers: 9999, phases: [phase] }
    const most = Math.max(...(await run(scenario)).series.points(5_400_000).map(({ users }) => users))
    expect(Math.abs(expectedLoad(scenario).peakUsers / most - 1)).toBeLessThan(0.4)
  })

  it('expects of a short crowd no more users than come', () => {
    const crowd = {
      kind: 'flash-crowd',
      baseSessionsPerSecond: 0.001,
      spikeFactor: 10_000,
      startMs: 1000,
      riseMs: 0,
      decayMs: 2000,
    } as const
    const { sessions, peakUsers } = loadOf(crowd, 60_000)
    expect(peakUsers).toBeLessThanOrEqual(sessions)
  })
})
