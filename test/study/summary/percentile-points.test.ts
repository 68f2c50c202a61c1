import { expect, it } from 'vitest'
import { Histogram } from '../../../src/stats/index.ts'
import { percentilePoints } from '../../../src/study/summary/percentile-points.ts'

const counted = (count: number, ms = 1): Histogram => {
  const histogram = new Histogram()
  for (let i = 1; i <= count; i++) histogram.record(i * ms)
  return histogram
}

it('goes on as long as there is a request beyond, eight points for each nine', () => {
  const points = percentilePoints(counted(1000), counted(1000, 0.5))
  expect(points).toHaveLength(3 * 8 + 1)
  expect(points[0]!.share).toBe(0)
  expect(points[8]!.share).toBeCloseTo(0.9, 12)
  expect(points[8]!.latencyMs).toBeCloseTo(900, -1)
  expect(points[8]!.serviceMs).toBeCloseTo(450, -1)
  expect(points.at(-1)!.share).toBeCloseTo(0.999, 12)
})

it('ends at five nines, and has nothing of nothing', () => {
  expect(percentilePoints(counted(300_000), counted(300_000)).at(-1)!.share).toBeCloseTo(0.99999, 12)
  expect(percentilePoints(counted(0), counted(0))).toEqual([])
})
