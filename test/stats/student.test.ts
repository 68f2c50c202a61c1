import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { studentCdf, studentQuantile, studentTails } from '../../src/stats/student.ts'

describe('studentQuantile', () => {
  // Closed forms: df 1 is tan(pi (p - 1/2)), df 2 is (2p - 1) sqrt(2 / (4p (1 - p))).
  it.each([0.6, 0.9, 0.975, 0.995, 0.9999])('matches the closed forms at p = %d', (p) => {
    expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8)
    expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p))), 8)
  })

  // Tables of the 0.975 quantile, to the digits given.
  it.each([
    [1, 12.706205],
    [2, 4.302653],
    [3, 3.182446],
    [4, 2.776445],
    [5, 2.570582],
    [6, 2.446912],
    [7, 2.364624],
    [8, 2.306004],
    [9, 2.262157],
    [10, 2.228139],
    [15, 2.13145],
    [19, 2.093024],
    [20, 2.085963],
    [29, 2.04523],
    [30, 2.042272],
    [60, 2.000298],
    [120, 1.97993],
    [200, 1.971896],
  ])('has t(0.975, %i) = %d', (degreesOfFreedom, expected) => {
    expect(Math.abs(studentQuantile(0.975, degreesOfFreedom) - expected)).toBeLessThan(1e-6)
  })

  it('is symmetric, 0 in the middle, and falls towards the normal quantile', () => {
    for (let df = 1; df <= 200; df++) {
      expect(studentQuantile(0.025, df)).toBeCloseTo(-studentQuantile(0.975, df), 6)
      expect(studentQuantile(0.5, df)).toBeCloseTo(0, 10)
      expect(studentQuantile(0.975, df + 1)).toBeLessThan(studentQuantile(0.975, df))
    }
    expect(studentQuantile(0.975, 100_000)).toBeCloseTo(1.959964, 4)
  })

  it.each([
    [0, 5],
    [1, 5],
    [Number.NaN, 5],
    [0.975, 0],
    [0.975, 1.5],
  ])('refuses p = %d with %d degrees of freedom', (p, df) => {
    expect(() => studentQuantile(p, df)).toThrow(RangeError)
  })
})

describe('studentTails', () => {
  // Two-sided critical values of the printed tables, at .1, .05, .01 and .001.
  it.each([
    [1, 6.314, 12.706, 63.657, 636.619],
    [2, 2.92, 4.303, 9.925, 31.599],
    [5, 2.015, 2.571, 4.032, 6.869],
    [10, 1.812, 2.228, 3.169, 4.587],
    [19, 1.729, 2.093, 2.861, 3.883],
    [30, 1.697, 2.042, 2.75, 3.646],
    [120, 1.658, 1.98, 2.617, 3.373],
  ])('with %i degrees of freedom, has the tails of the tables', (df, ...critical) => {
    for (const [i, tails] of [0.1, 0.05, 0.01, 0.001].entries()) {
      expect(studentTails(critical[i]!, df) / tails).toBeCloseTo(1, 2)
      expect(studentTails(-critical[i]!, df)).toBe(studentTails(critical[i]!, df))
    }
  })

  // Closed forms: df 1 is 1 - 2 atan(t) / pi, df 2 is 1 - t / sqrt(2 + t^2), written so that they keep their digits.
  it.each([0, 1e-6, 0.3, 1, 2.5, 40, 1e4, 1e8])('matches the closed forms at t = %d', (t) => {
    expect(studentTails(t, 1)).toBeCloseTo((2 / Math.PI) * Math.atan2(1, t), 12)
    const root = Math.sqrt(2 + t * t)
    expect(studentTails(t, 2) / (2 / (root * (root + t)))).toBeCloseTo(1, 12)
  })

  it('undoes the quantile', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.501, max: 0.9999, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (p, df) => {
          expect(studentCdf(studentQuantile(p, df), df)).toBeCloseTo(p, 10)
          expect(studentCdf(studentQuantile(1 - p, df), df)).toBeCloseTo(1 - p, 10)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is 1 in the middle, 0 at the ends, and refuses what is no statistic', () => {
    expect([studentTails(0, 7), studentCdf(0, 7)]).toEqual([1, 0.5])
    expect([studentTails(Number.NEGATIVE_INFINITY, 7), studentTails(Number.POSITIVE_INFINITY, 1)]).toEqual([
      0, 0,
    ])
    expect(() => studentTails(Number.NaN, 7)).toThrow(/expected a number, got NaN/)
    expect(() => studentTails(1, 0)).toThrow(/degrees of freedom are 1, 2, 3, ..., got 0/)
  })
})
