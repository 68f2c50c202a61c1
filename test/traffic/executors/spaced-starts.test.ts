/** Starts that are spaced exactly: constant and ramping arrival rate. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RampingArrivalRate } from '../../../src/scenario/index.ts'
import { executorKindOf } from '../../../src/traffic/index.ts'
import { ANY_EXECUTOR } from './any-executor.ts'
import { countsPer, dispersion, startsOf } from './starts-of.ts'

describe('a constant arrival rate', () => {
  it('starts in the middle of every gap', () => {
    const executor = { kind: 'constant-arrival-rate', sessionsPerSecond: 4 } as const
    expect(startsOf(executor, 1000)).toEqual([125, 375, 625, 875])
    expect(startsOf(executor, 1000, 99)).toEqual([125, 375, 625, 875])
  })

  it('does not drift in a day at an awkward rate', () => {
    const executor = { kind: 'constant-arrival-rate', sessionsPerSecond: 7 } as const
    const starts = startsOf(executor, 86_400_000)
    expect(starts).toHaveLength(7 * 86_400)
    const last = starts.length - 1
    expect(Math.abs(starts[last]! - ((last + 0.5) * 1000) / 7)).toBeLessThan(1e-6)
    expect(dispersion(countsPer(1000, starts, 86_400_000))).toBe(0)
  })
})

/** The area under the rate until then, in starts: of a line, the middle times the length. */
function areaUntil({ startSessionsPerSecond, stages }: RampingArrivalRate, untilMs: number): number {
  let area = 0
  let stageStartMs = 0
  let from = startSessionsPerSecond
  for (const { durationMs, sessionsPerSecond: to } of stages) {
    const lengthMs = Math.max(0, Math.min(untilMs - stageStartMs, durationMs))
    const middle = durationMs === 0 ? 0 : from + ((to - from) * (lengthMs / 2)) / durationMs
    area += (middle * lengthMs) / 1000
    stageStartMs += durationMs
    from = to
  }
  return area + (from * Math.max(0, untilMs - stageStartMs)) / 1000
}

describe('a ramping arrival rate', () => {
  const ramp: RampingArrivalRate = {
    kind: 'ramping-arrival-rate',
    startSessionsPerSecond: 0,
    stages: [
      { durationMs: 10_000, sessionsPerSecond: 10 },
      { durationMs: 0, sessionsPerSecond: 2 },
      { durationMs: 5000, sessionsPerSecond: 2 },
      { durationMs: 5000, sessionsPerSecond: 0 },
    ],
  }

  it('has as many starts as the area under it: 50, 10 and 5', () => {
    const starts = startsOf(ramp, 30_000)
    const until = (ms: number): number => starts.filter((start) => start < ms).length
    expect([until(10_000), until(15_000), until(20_000), until(30_000)]).toEqual([50, 60, 65, 65])
  })

  it('starts when the area is k + 1/2: at the root of a ramp', () => {
    const starts = startsOf(ramp, 30_000)
    // rate = t per second per second: area t^2 / 2.
    for (const k of [0, 1, 10, 49]) expect(starts[k]).toBeCloseTo(1000 * Math.sqrt(2 * (k + 0.5)), 6)
  })

  it('has the area under any stages as the number of its starts, +- 1', () => {
    fc.assert(
      fc.property(ANY_EXECUTOR['ramping-arrival-rate'], fc.integer({ min: 1, max: 60_000 }), (any, ms) => {
        const area = areaUntil(any, ms)
        const expected = executorKindOf(any).expectedStarts(any, ms)
        expect(area).toBeCloseTo(expected, 6)
        expect(Math.abs(startsOf(any, ms).length - expected)).toBeLessThanOrEqual(0.5 + 1e-6)
      }),
      { numRuns: 100 },
    )
  })
})
