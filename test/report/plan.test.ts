import { describe, expect, it } from 'vitest'
import { type PlanFacts, planText } from '../../src/report/plan.ts'
import { createStyle } from '../../src/report/style.ts'
import type { Phase, Scenario } from '../../src/scenario/index.ts'

function phase(change: Partial<Phase>): Phase {
  return {
    name: 'phase',
    startMs: 0,
    durationMs: 120_000,
    users: 0,
    sessionsPerSecond: 0,
    rampUpMs: 0,
    intensity: 'medium',
    pace: 1,
    behaviors: { 'quick-browser': 1 },
    backgroundLoad: {},
    ...change,
  }
}

/** As much of a scenario as a plan shows. */
const SCENARIO = {
  name: 'flash-sale',
  description: 'A sale that starts while normal traffic is still there.',
  world: 'virtual',
  seed: 42,
  routing: { policy: 'power-of-two-choices' },
  phases: [
    phase({ name: 'warm-up', users: 20, rampUpMs: 60_000, intensity: 'low' }),
    phase({
      name: 'normal-traffic',
      startMs: 120_000,
      durationMs: 360_000,
      users: 60,
      behaviors: { 'bulk-buyer': 0.2, 'quick-browser': 0.7, 'careful-shopper': 0.1, chaos: 0 },
    }),
    phase({
      name: 'flash-sale',
      startMs: 420_000,
      durationMs: 180_000,
      sessionsPerSecond: 2.5,
      intensity: 'extreme',
    }),
  ],
} as unknown as Scenario

const FACTS: PlanFacts = {
  target: 'embedded',
  runDirectory: 'logs/flash-sale-20261121-101500',
  expectedRequests: 78_000,
  expectedSessions: 2_900,
  peakUsers: 60,
}

describe('planText', () => {
  it('shows what is about to be run', async () => {
    const text = planText(SCENARIO, FACTS, createStyle(false))
    await expect(`${text}\n`).toMatchFileSnapshot('golden/plan.txt')
  })

  it('does not guess what cannot be foretold', () => {
    const text = planText(SCENARIO, { ...FACTS, expectedRequests: Number.NaN }, createStyle(false))
    expect(text).toContain('not known before the run')
  })
})
