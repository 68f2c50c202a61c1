import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeSeries } from '../../../src/study/statistics/time-series.ts'

const MINUTE_MS = 60_000

describe('the length of a bucket', () => {
  it.each([
    ['a second', 1_000, 1_000],
    ['two minutes', 2 * MINUTE_MS, 1_000],
    ['four minutes', 4 * MINUTE_MS, 1_000],
    ['a little more', 4 * MINUTE_MS + 1, 2_000],
    ['an hour', 60 * MINUTE_MS, 15_000],
    ['three hours', 180 * MINUTE_MS, MINUTE_MS],
    ['ten days', 14_400 * MINUTE_MS, 60 * MINUTE_MS],
    ['a year', 525_600 * MINUTE_MS, 131_400_000],
  ])('of a run of %s is a round one that gives at most 240', (_, durationMs, bucketMs) => {
    expect(new TimeSeries(durationMs).bucketMs).toBe(bucketMs)
    expect(durationMs / bucketMs).toBeLessThanOrEqual(240)
  })
})

describe('requests', () => {
  it('count in the bucket in which they end', () => {
    const series = new TimeSeries(4_000)
    series.add(999, 10, false)
    series.add(1000, 20, false)
    series.add(1500, 40, true)
    series.add(3100, 30, false)
    const points = series.points(4_000)
    expect(points.map(({ tMs }) => tMs)).toEqual([0, 1000, 2000, 3000])
    expect(points.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([1, 2, 0, 1])
    expect(points.map(({ errorRate }) => errorRate)).toEqual([0, 0.5, 0, 0])
    expect(points[1]).toMatchObject({ p50Ms: 20, p99Ms: 40 })
    expect(points[2]!.p50Ms).toBeNaN()
  })

  it('have the rate of the part of a bucket that a cut run has reached', () => {
    const series = new TimeSeries(10_000)
    for (const endMs of [2_100, 2_200, 2_300]) series.add(endMs, 5, false)
    expect(series.points(2_500).at(-1)).toMatchObject({ tMs: 2000, requestsPerSecond: 6 })
  })

  it('that end soon after a bucket began, where the run ended as well, count in the one before', () => {
    const series = new TimeSeries(39_000)
    series.setUsers(3, 0)
    for (let endMs = 50; endMs < 9_000; endMs += 100) series.add(endMs, 5, false)
    for (let i = 0; i < 20; i++) series.add(9_002, 5, true)
    const before = JSON.stringify(series.toJSON())
    const points = series.points(9_004)
    expect(points).toHaveLength(9)
    expect(points.at(-1)!.requestsPerSecond).toBeCloseTo(30 / 1.004, 9)
    expect(points.at(-1)).toMatchObject({ tMs: 8000, errorRate: 2 / 3 })
    expect(points.at(-1)!.users).toBeCloseTo(3, 9)
    // Looking at it changes nothing of what other shares are to be added to, but for the users of meanwhile.
    expect(series.points(9_004)).toEqual(points)
    expect(JSON.parse(JSON.stringify(series.toJSON())).buckets[8].counts).toEqual(
      JSON.parse(before).buckets[8].counts,
    )
  })

  it('that end after the scenario count in its last bucket, instead of making a short one with a huge rate', () => {
    const series = new TimeSeries(2_000)
    series.setUsers(4, 0)
    for (const endMs of [1_500, 2_000, 2_010]) series.add(endMs, 5, false)
    const points = series.points(2_020)
    expect(points.map(({ tMs }) => tMs)).toEqual([0, 1000])
    expect(points[1]!.requestsPerSecond).toBeCloseTo(3 / 1.02, 9)
    expect(points[1]!.users).toBeCloseTo(4, 9)
  })
})

describe('users', () => {
  it('are averaged over each bucket', () => {
    const series = new TimeSeries(3_000)
    series.setUsers(2, 0)
    series.setUsers(6, 1_750)
    expect(series.points(3_000).map(({ users }) => users)).toEqual([2, 3, 6])
  })

  it('keep every user-second', () => {
    const anyChanges = fc.array(fc.record({ gapMs: fc.nat(9_000), users: fc.nat(50) }), { maxLength: 30 })
    fc.assert(
      fc.property(
        anyChanges,
        fc.nat(5_000),
        fc.integer({ min: 1, max: 900_000 }),
        (changes, restMs, durationMs) => {
          const series = new TimeSeries(durationMs)
          let nowMs = 0
          let users = 0
          let userMs = 0
          for (const change of changes) {
            nowMs += change.gapMs
            userMs += users * change.gapMs
            users = change.users
            series.setUsers(users, nowMs)
          }
          const endMs = nowMs + restMs
          userMs += users * restMs
          const points = series.points(endMs)
          const kept = points.reduce((sum, point, i) => {
            const untilMs = points[i + 1]?.tMs ?? endMs
            return sum + point.users * (untilMs - point.tMs)
          }, 0)
          expect(kept).toBeCloseTo(userMs, 3)
        },
      ),
    )
  })
})
