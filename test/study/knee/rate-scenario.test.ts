import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario, onlyPhase } from '../../../src/scenario/index.ts'
import { vocabulary } from '../../../src/study/index.ts'
import { atRate, expectedRate, longestSessionMs, phaseOf } from '../../../src/study/knee/rate-scenario.ts'
import { folderOf } from '../../scenario/scenario-files.ts'

const SCENARIO = `
name: two-phases
description: One after the other
accounts: 100
timeScale: 2
phases:
  - { name: calm, durationMinutes: 10, sessionsPerSecond: 1, behaviors: { browser: 1 } }
  - { name: busy, durationMinutes: 10, sessionsPerSecond: 3, intensity: 2, behaviors: { browser: 0.5, pair: 0.5 } }
  - { name: log, executor: { kind: trace-replay, file: log.csv } }
behaviors:
  browser:
    description: Looks around
    sessionMinutes: [1, 4]
    pagesPerSession: [2, 9]
    thinkTimeSeconds: [1, 10]
    conversionRate: 0
    cartAbandonmentRate: 0
    cartSize: [1, 1]
    actions: { browse: 1 }
  pair:
    description: Two requests
    requests:
      - { name: one, get: /a, service: cart, thinkTimeSeconds: [0, 8] }
      - { name: two, get: /b, service: cart }
faults:
  - { kind: crash, instances: [cart-service-1], startMinute: 5, durationMinutes: 2 }
  - { kind: errors, instances: [cart-service-2], startMinute: 8, durationMinutes: 4, rate: 0.5 }
  - { kind: errors, instances: [order-service-1], startMinute: 15, durationMinutes: 1, rate: 0.5 }
`

const folder = folderOf({ 'two.yaml': SCENARIO, 'log.csv': 'time,path,service\n1.5,/a,cart\n' })
const { scenario } = loadScenario(join(folder, 'two.yaml'), { vocabulary })
const busy = onlyPhase(scenario, phaseOf(scenario, 'busy'))

it('the busiest phase is chosen, and one of a log has no sessions', () => {
  expect(phaseOf(scenario).name).toBe('busy')
  expect(() => phaseOf(scenario, 'log')).toThrow(
    /phase "log" replays the requests of a trace: a knee is of sessions/,
  )
  const [, , log] = scenario.phases
  expect(() => phaseOf({ ...scenario, phases: [log!] })).toThrow(
    /does nothing but replay the requests of a trace/,
  )
  expect(() => phaseOf(scenario, 'bussy')).toThrow(
    /no phase "bussy" \(did you mean "busy"\?\); it has: calm, busy/,
  )
})

describe('a phase alone', () => {
  it('begins at 0, with what goes wrong in it or later, and with its behaviours', () => {
    expect(busy.phases.map(({ name, startMs }) => [name, startMs])).toEqual([['busy', 0]])
    expect(busy.faults.map(({ startMs, durationMs }) => [startMs, durationMs])).toEqual([
      [0, 120_000],
      [300_000, 60_000],
    ])
    expect(Object.keys(busy.behaviors)).toEqual(['browser', 'pair'])
    expect(expectedRate(busy)).toBeCloseTo(3, 5)
  })

  it('has sessions that go on until their pages or their minutes are used up', () => {
    // 18 pages of (10 s / (2 * 2) + 0.1 s); and 8 s / 4 + 2 requests of 0.1 s.
    expect(longestSessionMs(busy)).toBeCloseTo(18 * 2600, 6)
    const flow = { ...busy, phases: [{ ...busy.phases[0]!, behaviors: { pair: 1 } }] }
    expect(longestSessionMs(flow)).toBeCloseTo(2200, 6)
    const slow = { ...busy, timeScale: 0.05 }
    expect(longestSessionMs(slow)).toBeLessThanOrEqual((4 * 60_000) / 0.05)
  })

  it('at a rate comes at random for as long as is measured, with accounts for all', () => {
    const tried = atRate(busy, 40, { warmUpMs: 50_000, windowMs: 30_000 })
    expect(tried.phases[0]).toMatchObject({
      durationMs: 80_000,
      executor: { kind: 'poisson-arrivals', sessionsPerSecond: 40, rampUpMs: 0 },
      gracefulStopMs: busy.client.timeoutMs,
    })
    expect(tried.accounts).toBeGreaterThan(40 * (46.8 + 10))
    expect(tried.maxConcurrentUsers).toBe(tried.accounts)
  })
})
