import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import type { Phase } from '../../src/scenario/index.ts'
import { sessionStarts } from '../../src/traffic/index.ts'
import { phaseOf } from '../shop/small-scenario.ts'

const HOUR_MS = 3_600_000

function startsOf(settings: Partial<Phase>, seed = 1): number[] {
  const phase = phaseOf({ users: 0, rampUpMs: 0, startMs: 0, durationMs: HOUR_MS, ...settings })
  return [...sessionStarts(phase, new RandomStreams(seed).stream('arrivals'))]
}

/** Largest distance between the empirical distribution of the values and a continuous one (Kolmogorov-Smirnov). */
function distance(values: readonly number[], distribution: (value: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.max(
    ...sorted.map((value, i) => {
      const expected = distribution(value)
      return Math.max(expected - i / sorted.length, (i + 1) / sorted.length - expected)
    }),
  )
}

/** The Kolmogorov-Smirnov distance that one sample in a hundred exceeds. */
const criticalDistance = (count: number): number => 1.63 / Math.sqrt(count)

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
    expect(startsOf({ sessionsPerSecond: 0, users: 5 })).toEqual([])
  })
})
