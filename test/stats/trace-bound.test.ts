import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { traceBoundMs } from '../../src/stats/trace-bound.ts'

interface Job {
  readonly atMs: number
  readonly workMs: number
}

const anyTrace = fc
  .array(fc.record({ gapMs: fc.integer({ min: 0, max: 20 }), workMs: fc.integer({ min: 1, max: 30 }) }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((jobs) => {
    let atMs = 0
    return jobs.map(({ gapMs, workMs }): Job => ({ atMs: (atMs += gapMs), workMs }))
  })

function boundOf(jobs: readonly Job[], speeds: readonly number[]): number {
  return traceBoundMs(
    {
      arrivedAtMs: Float64Array.from(jobs, ({ atMs }) => atMs),
      workMs: Float64Array.from(jobs, ({ workMs }) => workMs),
    },
    speeds,
  )
}

/** Shortest remaining processing time at speed 1, one unit of time after the other. */
function naiveShortestRemaining(jobs: readonly Job[]): number {
  const left = jobs.map(({ workMs }) => workMs)
  let spentMs = 0
  for (let nowMs = 0; left.some((ms) => ms > 0); nowMs++) {
    const there = jobs.flatMap(({ atMs }, job) => (atMs <= nowMs && left[job]! > 0 ? [job] : []))
    spentMs += there.length
    const shortest = there.toSorted((a, b) => left[a]! - left[b]!)[0]
    if (shortest !== undefined) left[shortest]!--
  }
  return spentMs / jobs.length
}

describe('the trace bound', () => {
  it('is the mean time of shortest remaining first on one server', () => {
    fc.assert(
      fc.property(anyTrace, (jobs) => {
        expect(boundOf(jobs, [1])).toBeCloseTo(naiveShortestRemaining(jobs), 9)
      }),
    )
  })

  it('is the mean work on the fastest worker where nobody is ever in the way', () => {
    const jobs = [
      { atMs: 0, workMs: 10 },
      { atMs: 100, workMs: 30 },
    ]
    expect(boundOf(jobs, [1])).toBe(20)
    expect(boundOf(jobs, [1, 2, 0.5])).toBe(10)
  })

  it('adds the speeds up where everybody comes at once', () => {
    const jobs = Array.from({ length: 100 }, () => ({ atMs: 0, workMs: 10 }))
    expect(boundOf(jobs, [1])).toBeCloseTo(505, 9)
    expect(boundOf(jobs, [1, 2, 2])).toBeCloseTo(101, 9)
  })

  it('falls when a worker is added, and when a job is smaller', () => {
    fc.assert(
      fc.property(anyTrace, fc.nat(29), (jobs, which) => {
        expect(boundOf(jobs, [1, 0.5])).toBeLessThanOrEqual(boundOf(jobs, [1]) + 1e-9)
        const smaller = jobs.map((job, i) => (i === which ? { ...job, workMs: job.workMs / 2 } : job))
        expect(boundOf(smaller, [1, 0.5])).toBeLessThanOrEqual(boundOf(jobs, [1, 0.5]) + 1e-9)
      }),
    )
  })

  it('is not known without jobs', () => {
    expect(boundOf([], [1])).toBeNaN()
  })

  it('refuses what is no trace', () => {
    const late = { atMs: 5, workMs: 1 }
    const early = { atMs: 4, workMs: 1 }
    expect(() => boundOf([late, early], [1])).toThrow('job 1 came before')
    expect(() => boundOf([early], [])).toThrow('a speed above 0')
    const uneven = { arrivedAtMs: new Float64Array(2), workMs: new Float64Array(1) }
    expect(() => traceBoundMs(uneven, [1])).toThrow('got 1 and 2')
  })
})
