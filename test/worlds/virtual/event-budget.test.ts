/** Runs that would never end are stopped, say why, and keep what they have. */
import { describe, expect, it } from 'vitest'
import { instanceIds } from '../../../src/scenario/index.ts'
import { EventBudget } from '../../../src/worlds/virtual/event-budget.ts'
import { faultOf } from '../../shop/hostile-scenario.ts'
import { scenarioOf } from '../../shop/small-scenario.ts'
import { runVirtually } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

const UNLIMITED = Number.POSITIVE_INFINITY

/** Spends until there is a complaint. */
function complaintOf(
  budget: EventBudget,
  nextMs: (event: number) => number,
  most: number,
): string | undefined {
  let nowMs = 0
  for (let event = 0; event < most; event++) {
    const atMs = nextMs(event)
    const complaint = budget.spend(atMs, nowMs, 3)
    if (complaint !== undefined) return complaint
    nowMs = atMs
  }
  return undefined
}

describe('the budget', () => {
  it('allows exactly as many events as it has', () => {
    expect(complaintOf(new EventBudget(100), (event) => event, 100)).toBeUndefined()
    expect(complaintOf(new EventBudget(100), (event) => event, 101)).toMatch(
      /^the budget of 100 events was spent at 0\.099 s of the run: raise maxEvents/,
    )
  })

  it('complains about time that stands still, but not about many events that it passes between', () => {
    expect(complaintOf(new EventBudget(UNLIMITED), () => 5000, 1_000_002)).toMatch(
      /^time stands still at 5\.000 s of the run: 1000000 events happened/,
    )
    const moving = complaintOf(new EventBudget(UNLIMITED), (event) => Math.floor(event / 900_000), 3_000_000)
    expect(moving).toBeUndefined()
  })

  it('complains about calls that nothing will ever answer', () => {
    expect(new EventBudget(UNLIMITED).spend(Number.POSITIVE_INFINITY, 1500, 3)).toBe(
      'deadlock at 1.500 s of the run: 3 calls are open and nothing will ever answer them',
    )
  })
})

describe('a run with maxEvents', () => {
  const whole = openLoop(2, 3)
  const run = runVirtually({ ...whole, maxEvents: 10_000 })

  it('stops there, says so, and everybody leaves', () => {
    expect(run.stopped).toMatch(/^the budget of 10000 events was spent at \d+\.\d{3} s of the run/)
    expect(run.endMs).toBeLessThan(120_000)
    expect(run.users.at(-1)!.users).toBe(0)
  })

  it('keeps its records: the beginning of the whole run, what was open marked as truncated', () => {
    const byDecision = new Map(runVirtually(whole).records.map((record) => [record.decision, record]))
    const finished = run.records.filter(({ truncated }) => !truncated)
    expect(finished.length).toBeGreaterThan(1000)
    for (const record of finished) expect(record).toEqual(byDecision.get(record.decision))
    for (const { outcome, truncated } of run.records) if (outcome === null) expect(truncated).toBe(true)
  })

  it('is not stopped where it needs fewer', () => {
    expect(runVirtually(whole, { recorded: false }).stopped).toBeUndefined()
  })
})

describe('a scenario in which no time passes', () => {
  // Nobody can sign in, nobody thinks before trying again, and no answer is on the way for any time.
  const small = scenarioOf(`
name: circle
description: Users without a pause before a door that is shut
accounts: 20
phases:
  - { name: only, durationMinutes: 1, users: 5, behaviors: { hasty: 1 } }
behaviors:
  hasty:
    description: Never pauses
    sessionMinutes: [1, 2]
    pagesPerSession: [1, 2]
    thinkTimeSeconds: [0, 0]
    conversionRate: 0
    cartAbandonmentRate: 0
    cartSize: [1, 1]
    actions: { product: 1 }
shop: { hopMs: 0 }
`)
  const circle = {
    ...small,
    faults: [faultOf('refuse', { startMs: 500, instances: instanceIds(small, 'user-service') })],
  }

  it('is stopped with its reason, and keeps its records', () => {
    const run = runVirtually(circle)
    expect(run.stopped).toMatch(/^time stands still at 0\.\d{3} s of the run.*give users a think time/)
    expect(run.requests.length).toBeGreaterThan(100_000)
    expect(run.jsonl.split('\n').length - 1).toBeGreaterThan(100_000)
    expect(run.users.at(-1)!.users).toBe(0)
  }, 60_000)
})
