import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanInterval } from '../../src/stats/intervals.ts'
import { ratioOfMeans } from '../../src/stats/ratio-of-means.ts'
import { studentQuantile } from '../../src/stats/student.ts'

const pairs = fc.array(
  fc.tuple(fc.double({ min: -5, max: 50, noNaN: true }), fc.double({ min: 10, max: 30, noNaN: true })),
  { minLength: 4, maxLength: 20 },
)

/** The t statistic of the mean of a - r b being 0. */
function statistic(a: readonly number[], b: readonly number[], ratio: number): number {
  const { mean, high } = meanInterval(a.map((value, i) => value - ratio * b[i]!))
  return mean / ((high - mean) / studentQuantile(0.975, a.length - 1))
}

describe('ratioOfMeans', () => {
  it('is the ratio of the means, not the mean of the ratios', () => {
    expect(ratioOfMeans([1, 9], [1, 3]).ratio).toBe(2.5)
  })

  it('ends where the difference from 0 would be significant', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const a = values.map(([own]) => own)
        const b = values.map(([, other]) => other)
        const { ratio, low, high } = ratioOfMeans(a, b)
        if (Number.isNaN(low) || high - low < 1e-6) return
        expect(low).toBeLessThanOrEqual(ratio)
        expect(high).toBeGreaterThanOrEqual(ratio)
        const limit = studentQuantile(0.975, a.length - 1)
        expect(Math.abs(statistic(a, b, low)) / limit).toBeCloseTo(1, 5)
        expect(Math.abs(statistic(a, b, high)) / limit).toBeCloseTo(1, 5)
      }),
    )
  })

  it('is exact where one list is a multiple of the other', () => {
    const { ratio, low, high } = ratioOfMeans(
      [2, 4, 6],
      [1, 2, 3].map((value) => value + 100).map((v) => v),
    )
    expect(low).toBeLessThan(ratio)
    expect(high).toBeGreaterThan(ratio)
    const same = ratioOfMeans([303, 306, 309], [101, 102, 103])
    for (const end of [same.ratio, same.low, same.high]) expect(end).toBeCloseTo(3, 9)
  })

  it('takes zeros: of errors that did not happen in every pair', () => {
    const { ratio, low, high } = ratioOfMeans([0, 0.01, 0, 0.02], [0.1, 0.12, 0.09, 0.11])
    expect(ratio).toBeCloseTo(0.03 / 0.42, 12)
    expect(low).toBeLessThan(0.02)
    expect(high).toBeLessThan(0.3)
  })

  it('knows no interval with one pair, and where the divisor may as well be 0', () => {
    expect(ratioOfMeans([3], [2])).toEqual({ ratio: 1.5, low: Number.NaN, high: Number.NaN })
    expect(ratioOfMeans([1, 2, 3], [1, -0.9, 0.1]).low).toBeNaN()
    expect(ratioOfMeans([1, 2], [0, 0]).ratio).toBeNaN()
  })

  it('refuses lists that are no pairs', () => {
    expect(() => ratioOfMeans([], [])).toThrow(/two lists of one length above 0, got 0 and 0/)
    expect(() => ratioOfMeans([1], [1, 2])).toThrow(/got 1 and 2/)
  })
})
