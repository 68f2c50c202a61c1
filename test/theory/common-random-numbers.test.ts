/**
 * Another policy changes neither who comes nor how much work each job is, so that policies can be compared in pairs.
 * How much certainty that gains is shown in `test/worlds/virtual/common-random-numbers.test.ts`.
 */
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../shop/small-scenario.ts'
import { openLoop } from '../worlds/virtual/open-loop.ts'
import { runVirtually, workByCall } from '../worlds/virtual-run.ts'

const POLICIES = ['round-robin', 'random', 'power-of-two-choices', 'least-outstanding'] as const

it('sessions start when they start, whatever the policy', () => {
  const scenario = openLoop(1, 4)
  const [first, ...others] = POLICIES.map((policy) =>
    runVirtually(scenario, { seed: 8, policy, recorded: false }),
  )
  expect(first!.starts.length).toBeGreaterThan(200)
  for (const { starts } of others) expect(starts).toEqual(first!.starts)
})

describe('users of a closed loop, who wait for their answers', () => {
  // One worker per replica and little time to think: what one policy does slowly delays all that follows.
  const scenario = scenarioOf(`
name: closed-loop
description: Users who go on until the end of the phase
accounts: 200
phases:
  - { name: only, durationMinutes: 2, users: 100, intensity: very-high, behaviors: { quick-browser: 1 } }
shop: { services: { inventory: { workers: 1 }, user: { workers: 1 } } }
`)
  const runs = POLICIES.map((policy) => runVirtually(scenario, { seed: 8, policy }))
  const works = runs.map(({ records }) => workByCall(scenario, records))

  it('go through other times', () => {
    const ends = runs.map(({ requests }) => requests.map(({ endMs }) => endMs))
    for (const other of ends.slice(1)) expect(other).not.toEqual(ends[0])
  })

  it.each(POLICIES.slice(1))('bring the same work under %s as under round robin', (policy) => {
    const [reference, work] = [works[0]!, works[POLICIES.indexOf(policy)]!]
    const shared = [...work.keys()].filter((call) => reference.has(call))
    expect(shared.length).toBeGreaterThan(0.9 * Math.max(reference.size, work.size))
    expect(shared.length).toBeGreaterThan(2000)
    // Recorded times are rounded to a thousandth, and divided by the speed of the replica.
    const different = shared.filter((call) => Math.abs(work.get(call)! - reference.get(call)!) > 0.002)
    expect(different).toEqual([])
  })
})
