/** A run in which the only thing that goes wrong is the users. */
import { describe, expect, it } from 'vitest'
import { policyFactory } from '../../src/routing/index.ts'
import { MISTAKES, SERVICES } from '../../src/scenario/index.ts'
import { RunStatistics, summarize } from '../../src/study/index.ts'
import { DecisionStatistics, VirtualWorld } from '../../src/worlds/index.ts'
import { scenarioOf } from '../shop/small-scenario.ts'

const SCENARIO = scenarioOf(`
name: clumsy
description: Nobody gets anything right, and the shop has all the time in the world
accounts: 200
phases:
  - { name: only, durationMinutes: 30, users: 60, behaviors: { chaos-user: 1 } }
`)

const statistics = new RunStatistics(SCENARIO)
const decisions = new DecisionStatistics()
const world = new VirtualWorld({
  scenario: SCENARIO,
  seed: 1,
  policies: policyFactory('round-robin'),
  observer: statistics,
  decisions,
})
while (!world.over) world.step(10_000)
const summary = summarize({
  runId: 'run-1',
  scenario: SCENARIO,
  source: 'scenario.yaml',
  seed: 1,
  policy: 'round-robin',
  target: 'embedded',
  startedAt: new Date(0),
  endMs: world.nowMs,
  wallMs: 1,
  interrupted: false,
  stopped: null,
  statistics,
  decisions,
  experience: { decisions: 0, recorded: 0, file: null, rewards: null },
  warnings: [],
})

describe('mistakes alone', () => {
  it('are no failures, neither to the users nor to the balancer', () => {
    expect(summary.requests).toBeGreaterThan(5000)
    expect(summary.errorRate).toBe(0)
    expect(summary.failures).toEqual({})
    expect(summary.services.map(({ errorRate }) => errorRate)).toEqual(SERVICES.map(() => 0))
    expect(summary.checks.map(({ fails }) => fails)).toEqual(summary.checks.map(() => 0))
  })

  it('are told by kind, the most frequent first, every one of them refused', () => {
    expect(summary.mistakes.map(({ mistake }) => mistake).sort()).toEqual([...MISTAKES].sort())
    for (const { made, refused, otherwise } of summary.mistakes) {
      expect(made).toBeGreaterThan(0)
      expect([refused, otherwise]).toEqual([made, 0])
    }
    const made = summary.mistakes.map((mistake) => mistake.made)
    expect(made).toEqual(made.toSorted((a, b) => b - a))
  })

  it('are a part of the latencies', () => {
    expect(summary.latency.count).toBe(summary.requests)
  })
})
