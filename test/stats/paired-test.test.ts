import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pairedLogRatio } from '../../src/stats/intervals.ts'
import { jainIndex } from '../../src/stats/jain-index.ts'
import { pairedLogTest } from '../../src/stats/paired-test.ts'

const latency = fc.double({ min: 1, max: 100, noNaN: true })

describe('pairedLogTest', () => {
  it('has the p-value of a t that was worked out by hand', () => {
    // Logarithms 1, 2, 3, 4: mean 2.5, standard error sqrt(5/3/4) = .645497, t = 3.872983, 3 degrees of freedom.
    const a = [1, 2, 3, 4].map(Math.exp)
    expect(pairedLogTest(a, [1, 1, 1, 1])).toBeCloseTo(0.030466, 6)
  })

  it('is below .05 exactly where the 95 % interval leaves 1 out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(latency, latency), { minLength: 2, maxLength: 20 }), (values) => {
        const a = values.map(([own]) => own)
        const b = values.map(([, other]) => other)
        const { low, high } = pairedLogRatio(a, b)
        if (Math.min(Math.abs(low - 1), Math.abs(high - 1)) < 1e-9) return
        expect(pairedLogTest(a, b) < 0.05).toBe(low > 1 || high < 1)
      }),
    )
  })

  it('does not say which of the two is first', () => {
    const [a, b] = [
      [3, 5, 9],
      [4, 4, 7],
    ]
    expect(pairedLogTest(a!, b!)).toBeCloseTo(pairedLogTest(b!, a!), 12)
  })

  it('knows nothing of one pair or of numbers that are not known', () => {
    expect(pairedLogTest([1], [2])).toBeNaN()
    expect(pairedLogTest([1, Number.NaN], [2, 2])).toBeNaN()
    expect(() => pairedLogTest([], [])).toThrow(/two lists of one length above 0/)
  })

  it('is 1 where nothing differs, and 0 where everything does by the same factor', () => {
    expect(pairedLogTest([2, 3], [2, 3])).toBe(1)
    expect(pairedLogTest([2, 4], [1, 2])).toBe(0)
  })
})

describe('jainIndex', () => {
  it('is 1 where all have the same, and 1/n where one has everything', () => {
    expect(jainIndex([5, 5, 5])).toBeCloseTo(1, 12)
    expect(jainIndex([0, 7, 0, 0])).toBeCloseTo(0.25, 12)
    expect(jainIndex([1, 3])).toBeCloseTo(16 / 20, 12)
    expect(jainIndex([])).toBeNaN()
    expect(jainIndex([0, 0])).toBeNaN()
  })

  it('does not depend on the unit', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1 }), latency, (shares, factor) => {
        const index = jainIndex(shares)
        expect(jainIndex(shares.map((share) => share * factor))).toBeCloseTo(index, 9)
        expect(index).toBeLessThanOrEqual(1 + 1e-12)
        expect(index).toBeGreaterThanOrEqual(1 / shares.length - 1e-12)
      }),
    )
  })
})
