import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TraceReplay } from '../../../src/scenario/index.ts'
import { openTrace } from '../../../src/scenario/trace/load-trace.ts'
import { traceIndexOf, traceReplay } from '../../../src/traffic/executors/trace-replay.ts'
import { requestName } from '../../../src/traffic/replayed-request.ts'
import { traceFile } from '../../scenario/trace/trace-files.ts'

const HOUR_MS = 3_600_000

function replayOf(timesMs: readonly number[], settings: Partial<TraceReplay> = {}): TraceReplay {
  const file = traceFile(['ms', ...timesMs.map((ms) => `${ms}.25`)])
  const trace = openTrace(file, { use: 'sessions' }).reference
  return { kind: 'trace-replay', trace, speed: 1, factor: 1, ...settings }
}

function startsOf(executor: TraceReplay, durationMs = HOUR_MS): number[] {
  const setting = { durationMs, stream: () => Math.random, key: () => 0 }
  const all: number[] = []
  const starts = traceReplay.starts(executor, setting)
  for (let next = starts.next(); next.done !== true; next = starts.next()) all.push(next.value)
  return all
}

const times = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 200 })

describe('the starts', () => {
  it('are those of the trace, at any speed, up to the end of the phase', () => {
    const property = fc.property(
      times,
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.integer({ min: 1, max: 100_000 }),
      (all, speed, durationMs) => {
        const executor = replayOf(all, { speed })
        const expected = all.map((ms) => (ms + 0.25) / speed).sort((a, b) => a - b)
        const starts = startsOf(executor, durationMs)
        expect(starts).toEqual(expected.filter((ms) => ms < durationMs))
        expect(traceReplay.expectedStarts(executor, durationMs)).toBe(starts.length)
      },
    )
    fc.assert(property, { numRuns: 50 })
  })

  it('come as often as the factor says, in order, each beside its own', () => {
    const all = Array.from({ length: 4000 }, (_, i) => i * 7)
    for (const factor of [0.25, 1, 1.5, 3]) {
      const executor = replayOf(all, { factor })
      const starts = startsOf(executor)
      expect(starts).toEqual(starts.toSorted((a, b) => a - b))
      // Binomial: 4 standard deviations of 4,000 draws are 126.
      expect(Math.abs(starts.length - 4000 * factor)).toBeLessThan(127)
      expect(traceReplay.expectedStarts(executor, HOUR_MS)).toBe(4000 * factor)
      for (const [place, start] of starts.entries()) {
        const own = all[traceIndexOf(executor, place)]! + 0.25
        expect(start).toBeGreaterThanOrEqual(own)
        expect(start).toBeLessThanOrEqual(own + 7)
      }
    }
  })

  it('are the same for every seed, and when the load is scaled in two steps', () => {
    const executor = replayOf([5, 10, 900], { factor: 2 })
    expect(startsOf(traceReplay.scaled(traceReplay.scaled(executor, 3), 0.5))).toEqual(
      startsOf({ ...executor, factor: 3 }),
    )
  })
})

it('the peak is the fullest 10 seconds', () => {
  const executor = replayOf([...Array.from({ length: 30 }, (_, i) => 100_000 + i * 100), 0, 20_000])
  expect(traceReplay.peakRate(executor, HOUR_MS)).toBe(3)
  expect(traceReplay.peakRate({ ...executor, speed: 2 }, HOUR_MS)).toBe(3)
  expect(traceReplay.peakRate({ ...executor, factor: 2 }, HOUR_MS)).toBe(6)
  expect(traceReplay.peakRate(executor, 50_000)).toBe(0.1)
})

it('requests go by what is the same in all of a kind', () => {
  expect(requestName('GET', '/api/cart/17/items/2f1b6c9e-5d3a-4b0e-9a51-000000000001?page=2')).toBe(
    'GET /api/cart/:id/items/:id',
  )
  expect(requestName('HEAD', '/v2/abc123')).toBe('HEAD /v2/abc123')
})
