import { describe, expect, it } from 'vitest'
import { policyFactory } from '../../src/routing/index.ts'
import { loadScenario, type Scenario } from '../../src/scenario/index.ts'
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
  const phases = scenario.phases.map((phase) => ({ ...phase, users: Math.ceil(phase.users / 4) }))
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
