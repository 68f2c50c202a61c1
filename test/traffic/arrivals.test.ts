import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MergedStarts, sessionStarts } from '../../src/traffic/index.ts'
import { type PhaseSettings, phaseOf } from '../shop/small-scenario.ts'
import { ANY_EXECUTOR } from './executors/any-executor.ts'
import { criticalDistance, distance } from './executors/starts-of.ts'

const HOUR_MS = 3_600_000

function startsOf(settings: PhaseSettings, seed = 1): number[] {
  const phase = phaseOf({ users: 0, rampUpMs: 0, startMs: 0, durationMs: HOUR_MS, ...settings })
  return [...sessionStarts(phase, 0, seed)]
}

describe('sessionStarts', () => {
  it.each([0.2, 2, 10])('makes %d sessions per second on average', (sessionsPerSecond) => {
    const expected = sessionsPerSecond * 3600
    const count = startsOf({ sessionsPerSecond }).length
    expect(Math.abs(count - expected)).toBeLessThan(3 * Math.sqrt(expected))
  })

  it('has exponential gaps', () => {
    const starts = startsOf({ sessionsPerSecond: 2 })
    const gaps = starts.map((start, i) => start - (starts[i - 1] ?? 0))
    expect(distance(gaps, (gap) => 1 - Math.exp(-gap / 500))).toBeLessThan(criticalDistance(gaps.length))
  })

  it('ramps up linearly: the starts within the ramp are as many, and spread, as the area under the line', () => {
    const rampUpMs = HOUR_MS / 2
    const ramp = startsOf({ sessionsPerSecond: 4, rampUpMs }).filter((start) => start < rampUpMs)
    const expected = (4 * rampUpMs) / 1000 / 2
    expect(Math.abs(ramp.length - expected)).toBeLessThan(3 * Math.sqrt(expected))
    expect(distance(ramp, (start) => (start / rampUpMs) ** 2)).toBeLessThan(criticalDistance(ramp.length))
  })

  it('stays within the phase, in order', () => {
    const starts = startsOf({ sessionsPerSecond: 5, startMs: 7000, durationMs: 60_000 })
    expect(starts).toEqual(starts.toSorted((a, b) => a - b))
    expect(starts[0]).toBeGreaterThanOrEqual(7000)
    expect(starts.at(-1)).toBeLessThan(67_000)
  })

  it('gives the same starts for the same seed only', () => {
    const settings = { sessionsPerSecond: 1, durationMs: 60_000 }
    expect(startsOf(settings, 3)).toEqual(startsOf(settings, 3))
    expect(startsOf(settings, 3)).not.toEqual(startsOf(settings, 4))
  })

  it('is empty in a phase that users drive', () => {
    expect(startsOf({ users: 5 })).toEqual([])
  })
})

describe('MergedStarts', () => {
  const anyPhase = fc.record({
    startMs: fc.nat(30_000),
    durationMs: fc.integer({ min: 1, max: 20_000 }),
    executor: fc.oneof(
      ANY_EXECUTOR['constant-arrival-rate'],
      ANY_EXECUTOR['poisson-arrivals'],
      ANY_EXECUTOR['constant-users'],
    ),
  })

  it('has the starts of all phases in the order of time, each with its place in its phase', () => {
    fc.assert(
      fc.property(fc.array(anyPhase, { minLength: 1, maxLength: 5 }), fc.nat(), (settings, seed) => {
        const phases = settings.map((phase) => phaseOf(phase))
        const merged = new MergedStarts(phases, seed)
        const taken: { atMs: number; phase: number; place: number }[] = []
        for (; merged.nextAtMs !== Number.POSITIVE_INFINITY; merged.advance()) {
          taken.push({ atMs: merged.nextAtMs, phase: merged.phase, place: merged.place })
        }
        const expected = phases.flatMap((phase, index) =>
          [...sessionStarts(phase, index, seed)].map((atMs, place) => ({ atMs, phase: index, place })),
        )
        expect(taken).toEqual(expected.sort((a, b) => a.atMs - b.atMs || a.phase - b.phase))
      }),
      { numRuns: 30 },
    )
  })

  it('makes no list of what is to come', () => {
    const endless = phaseOf({
      executor: { kind: 'poisson-arrivals', sessionsPerSecond: 1_000_000, rampUpMs: 0 },
      durationMs: 1000 * HOUR_MS,
    })
    const merged = new MergedStarts([endless, endless], 1)
    for (let i = 0; i < 100; i++) merged.advance()
    expect(merged.nextAtMs).toBeLessThan(1)
  })
})
