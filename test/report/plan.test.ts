import { describe, expect, it } from 'vitest'
import { type PlanFacts, planText } from '../../src/report/plan.ts'
import { createStyle } from '../../src/report/style.ts'
import type { Phase, Scenario } from '../../src/scenario/index.ts'

function phase(change: Partial<Phase>): Phase {
  return {
    name: 'phase',
    startMs: 0,
    durationMs: 120_000,
    executor: { kind: 'constant-users', users: 60, rampUpMs: 0 },
    gracefulStopMs: null,
    intensity: 'medium',
    pace: 1,
    behaviors: { 'quick-browser': 1 },
    backgroundLoad: {},
    variability: { users: 0, thinkTime: 0, actions: 0 },
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
  client: { timeoutMs: 10_000, retries: { most: 0 }, hedgeAfterMs: null },
  faults: [],
  chaos: [],
  phases: [
    phase({
      name: 'warm-up',
      executor: { kind: 'constant-users', users: 20, rampUpMs: 60_000 },
      intensity: 'low',
    }),
    phase({
      name: 'normal-traffic',
      startMs: 120_000,
      durationMs: 360_000,
      behaviors: { 'bulk-buyer': 0.2, 'quick-browser': 0.7, 'careful-shopper': 0.1, chaos: 0 },
    }),
    phase({
      name: 'flash-sale',
      startMs: 420_000,
      durationMs: 180_000,
      executor: { kind: 'poisson-arrivals', sessionsPerSecond: 2.5, rampUpMs: 0 },
      intensity: 'extreme',
    }),
  ],
} as unknown as Scenario

const FACTS: PlanFacts = {
  target: 'embedded',
  runDirectory: 'logs/flash-sale-20261121-101500',
  expectedRequests: 78_000,
  expectedSessions: 2_900,
  expectedMs: 600_000,
  peakUsers: 60,
  faults: [],
}

describe('planText', () => {
  it('shows what is about to be run', async () => {
    const text = planText(SCENARIO, FACTS, createStyle(false))
    await expect(`${text}\n`).toMatchFileSnapshot('golden/plan.txt')
  })

  it.each([
    [undefined, 'external, http://gate:80: its decisions are not captured'],
    [
      { instanceHeader: 'x-upstream', instanceCookie: null },
      'external, http://gate:80: the header x-upstream names the instances',
    ],
    [
      { instanceHeader: null, instanceCookie: 'SERVERID' },
      'external, http://gate:80: the cookie SERVERID names the instances',
    ],
  ])('says what is known of a balancer that is not ours: %j', (capture, target) => {
    const facts = { ...FACTS, target: 'http://gate:80' }
    const text = planText({ ...SCENARIO, capture } as Scenario, facts, createStyle(false))
    expect(text).toContain(`target     ${target}\n`)
    expect(text).toContain('policy     its own\n')
  })

  it('says when iterations are likely to be done, and counts the rate until then', () => {
    const text = planText(SCENARIO, { ...FACTS, expectedMs: 60_000 }, createStyle(false))
    expect(text).toContain('duration   about 1m, at most 10m in 3 phases')
    expect(text).toContain('(1,300/s)')
  })

  it('shows the trouble that is to come, and what the client does about it', async () => {
    const client = {
      timeoutMs: 2_000,
      retries: {
        most: 3,
        backoffMs: 100,
        maxBackoffMs: 5_000,
        jitter: 'full',
        budget: 0.2,
        unsafe: true,
        on: [],
      },
      hedgeAfterMs: 150,
    } as const
    const scenario = { ...SCENARIO, faults: [{}, {}], chaos: [{}], client } as unknown as Scenario
    const faults = [
      { startMs: 120_000, endMs: 300_000, what: 'latency factor=4', where: 'cart-service (all 3)' },
      { startMs: 130_000, endMs: 150_000, what: 'crash', where: '50% of cart-service (all 3)' },
      { startMs: 0, endMs: 600_000, what: 'chaos about every 30 s', where: 'any service' },
    ]
    const text = planText(scenario, { ...FACTS, faults }, createStyle(false))
    await expect(`${text}\n`).toMatchFileSnapshot('golden/plan-faults.txt')
  })

  it('cuts a long list of faults, and says how many more there are', () => {
    const faults = Array.from({ length: 40 }, (_, i) => ({
      startMs: i * 1000,
      endMs: i * 1000 + 500,
      what: `fault-${i}`,
      where: 'all services',
    }))
    const text = planText(SCENARIO, { ...FACTS, faults }, createStyle(false))
    expect(text).toContain('fault-11 ')
    expect(text).not.toContain('fault-12 ')
    expect(text).toMatch(/and 28 more$/)
  })

  it('tells a policy without back-off growth, jitter or budget as it is', () => {
    const retries = { most: 1, backoffMs: 50, maxBackoffMs: 50, jitter: 'none', budget: null, unsafe: false }
    const client = { timeoutMs: 500, retries, hedgeAfterMs: null }
    const text = planText({ ...SCENARIO, client } as unknown as Scenario, FACTS, createStyle(false))
    expect(text).toContain('gives up after 500 ms; up to 1 retry after 50 ms, no budget\n')
  })

  it('does not guess what cannot be foretold', () => {
    const text = planText(SCENARIO, { ...FACTS, expectedRequests: Number.NaN }, createStyle(false))
    expect(text).toContain('not known before the run')
  })
})
