import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactSum, type ExactSumJson } from '../../src/stats/index.ts'

function sumOf(values: readonly number[]): ExactSum {
  const sum = new ExactSum()
  for (const value of values) sum.add(value)
  return sum
}

/** Times in ms as a clock gives them: up to a day, with digits down to a fraction of a nanosecond. */
const anyTime = fc
  .nat(2 ** 31)
  .chain((whole) => fc.nat(2 ** 20).map((part) => whole / 2 ** 5 + part / 2 ** 25))

describe('ExactSum', () => {
  it('is what a sum of integers would be, where a plain sum is not', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => (i % 1000) / 1024 + (i % 7 === 0 ? 2 ** 40 : 0))
    const units = values.reduce((sum, value) => sum + BigInt(value * 1024), 0n)
    const [value, rest] = sumOf(values).toJSON() as readonly [number, number]
    expect(BigInt(value * 1024) + BigInt(rest * 1024)).toBe(units)
    expect(values.reduce((sum, next) => sum + next, 0)).not.toBe(value)
  })

  it('does not depend on the order, nor on who added what', () => {
    fc.assert(
      fc.property(fc.array(anyTime), fc.array(anyTime), (ours, theirs) => {
        const whole = JSON.stringify(sumOf([...ours, ...theirs]))
        expect(JSON.stringify(sumOf([...ours, ...theirs].reverse()))).toBe(whole)
        const [a, b] = [sumOf(ours), sumOf(theirs)]
        a.merge(b)
        expect(JSON.stringify(a)).toBe(whole)
        b.merge(sumOf(ours))
        expect(JSON.stringify(b)).toBe(whole)
      }),
    )
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(anyTime), (values) => {
        const text = JSON.stringify(sumOf(values))
        expect(JSON.stringify(ExactSum.fromJSON(JSON.parse(text) as ExactSumJson))).toBe(text)
      }),
    )
  })

  it('is infinite where the numbers are too large, as a plain sum is', () => {
    expect(sumOf([1e308, 1e308, 1]).value).toBe(Number.POSITIVE_INFINITY)
  })
})
