import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holm } from '../../src/stats/holm.ts'

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 })

describe('holm', () => {
  it('has the adjusted values of the usual example', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005])
    for (const [i, expected] of [0.03, 0.06, 0.06, 0.02].entries())
      expect(adjusted[i]).toBeCloseTo(expected, 12)
  })

  it('leaves one test as it is, and never exceeds 1', () => {
    expect(holm([0.2])).toEqual([0.2])
    expect(holm([0.6, 0.7])).toEqual([1, 1])
    expect(holm([])).toEqual([])
  })

  it('does not count what was not tested', () => {
    expect(holm([Number.NaN, 0.02, Number.NaN, 0.03])).toEqual([Number.NaN, 0.04, Number.NaN, 0.04])
  })

  it.each([-0.1, 1.1, Number.POSITIVE_INFINITY])('refuses %d', (p) => {
    expect(() => holm([p])).toThrow(/a p-value is from 0 to 1/)
  })

  it('rejects exactly what the step-down procedure of the paper rejects', () => {
    fc.assert(
      fc.property(probabilities, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (pValues, level) => {
        const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
        const accepted = order.findIndex((i, rank) => pValues[i]! * (pValues.length - rank) > level)
        const rejected = order.slice(0, accepted === -1 ? order.length : accepted)
        const adjusted = holm(pValues)
        expect(pValues.map((_, i) => adjusted[i]! <= level)).toEqual(
          pValues.map((_, i) => rejected.includes(i)),
        )
      }),
    )
  })

  it('is between the plain p-value and Bonferroni, and keeps the order', () => {
    fc.assert(
      fc.property(probabilities, (pValues) => {
        const adjusted = holm(pValues)
        for (const [i, p] of pValues.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p)
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p * pValues.length))
          for (const [j, other] of pValues.entries())
            if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!)
        }
      }),
    )
  })
})
