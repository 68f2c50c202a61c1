import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import {
  bootstrapInterval,
  meanInterval,
  pairedDifference,
  pairedLogRatio,
} from '../../src/stats/intervals.ts'

/** Irwin-Hall: the sum of twelve uniforms less 6 is near enough to a standard normal number. */
function normals(count: number, seed: number): number[] {
  const random = new RandomStreams(seed).stream('normals')
  return Array.from({ length: count }, () => {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += random()
    return sum
  })
}

describe('meanInterval', () => {
  it('is the textbook interval', () => {
    const { mean, low, high } = meanInterval([1, 2, 3, 4, 5])
    const margin = 2.776445 * Math.sqrt(2.5 / 5)
    expect(mean).toBe(3)
    expect(low).toBeCloseTo(3 - margin, 5)
    expect(high).toBeCloseTo(3 + margin, 5)
  })

  it('does not know the spread of one value', () => {
    expect(meanInterval([7])).toEqual({ mean: 7, low: Number.NaN, high: Number.NaN })
  })

  it('refuses no values', () => {
    expect(() => meanInterval([])).toThrow(RangeError)
  })

  it('covers the true mean in about 95 of 100 experiments', () => {
    const values = normals(2000 * 6, 11)
    let covered = 0
    for (let i = 0; i < values.length; i += 6) {
      const { low, high } = meanInterval(values.slice(i, i + 6))
      if (low <= 0 && 0 <= high) covered++
    }
    expect(covered / 2000).toBeGreaterThan(0.93)
    expect(covered / 2000).toBeLessThan(0.97)
  })
})

describe('pairedDifference', () => {
  it('ignores what both have in common', () => {
    const { mean, low, high } = pairedDifference([101, 202, 303], [100, 201, 302])
    expect([mean, low, high]).toEqual([1, 1, 1])
  })

  it('refuses lists of different lengths', () => {
    expect(() => pairedDifference([1, 2], [1])).toThrow(/one length/)
  })
})

describe('pairedLogRatio', () => {
  it('is the geometric mean of the ratios', () => {
    const { ratio, low, high } = pairedLogRatio([20, 5], [10, 10])
    expect(ratio).toBeCloseTo(1, 12)
    expect(low * high).toBeCloseTo(1, 9)
    expect(low).toBeLessThan(ratio)
  })

  it('does not know the spread of one pair', () => {
    const { ratio, low, high } = pairedLogRatio([9], [10])
    expect(ratio).toBeCloseTo(0.9, 12)
    expect([low, high]).toEqual([Number.NaN, Number.NaN])
  })

  it('turns over when the sides are swapped, and ignores the unit', () => {
    const sample = fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 1e4 }), fc.double({ min: 0.01, max: 1e4 })),
      {
        minLength: 2,
        maxLength: 20,
      },
    )
    fc.assert(
      fc.property(
        sample.filter((pairs) => pairs.every((pair) => pair.every(Number.isFinite))),
        (pairs) => {
          const a = pairs.map(([left]) => left)
          const b = pairs.map(([, right]) => right)
          const there = pairedLogRatio(a, b)
          const back = pairedLogRatio(b, a)
          const scaled = pairedLogRatio(
            a.map((value) => value * 1000),
            b.map((value) => value * 1000),
          )
          expect(Math.log(there.low) + Math.log(back.high)).toBeCloseTo(0, 6)
          expect(Math.log(there.ratio) - Math.log(scaled.ratio)).toBeCloseTo(0, 6)
        },
      ),
    )
  })

  it.each([0, -1, Number.NaN])('refuses %d, which has no logarithm', (value) => {
    expect(() => pairedLogRatio([1, value], [1, 1])).toThrow(/pair 1/)
  })
})

describe('bootstrapInterval', () => {
  const median = (sample: readonly number[]) => [...sample].sort((a, b) => a - b)[sample.length >> 1]!

  it('gives the same interval for the same stream', () => {
    const values = normals(50, 3)
    const run = () => bootstrapInterval(values, median, new RandomStreams(5).stream('bootstrap'))
    expect(run()).toEqual(run())
  })

  it('comes close to the t interval for a mean', () => {
    const values = normals(400, 4)
    const mean = (sample: readonly number[]) => sample.reduce((sum, value) => sum + value, 0) / sample.length
    const bootstrap = bootstrapInterval(values, mean, new RandomStreams(6).stream('bootstrap'))
    const student = meanInterval(values)
    expect(bootstrap.estimate).toBeCloseTo(student.mean, 12)
    expect(bootstrap.low).toBeCloseTo(student.low, 1)
    expect(bootstrap.high).toBeCloseTo(student.high, 1)
  })

  it('does not know the spread of one value, and refuses none', () => {
    const random = new RandomStreams(1).stream('bootstrap')
    expect(bootstrapInterval([2], median, random)).toEqual({ estimate: 2, low: Number.NaN, high: Number.NaN })
    expect(() => bootstrapInterval([], median, random)).toThrow(RangeError)
  })
})
