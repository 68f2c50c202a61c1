import fc from 'fast-check'
import { build } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { DataError, exponential, type Random, RandomStreams } from '../../src/core/index.ts'
import { Histogram, type HistogramJson } from '../../src/stats/histogram.ts'

const QUANTILES = [0, 0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1]

/** Latencies with a body around 20 ms and a heavy (Pareto) tail. */
function latencies(count: number, random: Random): number[] {
  return Array.from({ length: count }, () =>
    random() < 0.97 ? 5 + exponential(random, 15) : 50 / (1 - random()) ** 0.6,
  )
}

function histogramOf(values: readonly number[], mantissaBits?: number): Histogram {
  const histogram = new Histogram(mantissaBits)
  for (const value of values) histogram.record(value)
  return histogram
}

/** The value that the histogram approximates: at rank ceil(q * n) of the sorted values. */
function exactQuantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!
}

const anyLatency = fc.double({ min: 0, max: 1e9, noNaN: true })
/** Subnormal doubles have fewer mantissa bits than the bound needs. */
const normalLatency = fc.double({ min: 1e-300, max: 1e300, noNaN: true })

describe('Histogram', () => {
  it.each([
    [5, 2 ** -6],
    [9, 2 ** -10],
    [12, 2 ** -13],
  ])('with %i mantissa bits keeps every quantile within a relative error of %f', (bits, bound) => {
    const values = latencies(20_000, new RandomStreams(1).stream('latencies'))
    const histogram = histogramOf(values, bits)
    for (const q of QUANTILES) {
      const exact = exactQuantile(values, q)
      expect(Math.abs(histogram.quantile(q) - exact) / exact).toBeLessThanOrEqual(bound)
    }
  })

  it('keeps the bound at any scale', () => {
    fc.assert(
      fc.property(
        fc.array(normalLatency, { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const exact = exactQuantile(values, q)
          expect(Math.abs(histogramOf(values).quantile(q) / exact - 1)).toBeLessThanOrEqual(2 ** -10 + 1e-12)
        },
      ),
    )
  })

  it('agrees with hdr-histogram-js to the sum of both bounds', () => {
    const values = latencies(50_000, new RandomStreams(2).stream('latencies'))
    const histogram = histogramOf(values)
    const oracle = build({ numberOfSignificantValueDigits: 3, highestTrackableValue: 1e9 })
    for (const value of values) oracle.recordValue(Math.round(value * 1000))
    for (const q of [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999]) {
      const theirs = oracle.getValueAtPercentile(q * 100) / 1000
      expect(Math.abs(histogram.quantile(q) / theirs - 1)).toBeLessThan(0.0025)
    }
    expect(histogram.count).toBe(oracle.totalCount)
  })

  it('has exact count, mean, minimum and maximum', () => {
    const histogram = histogramOf([3, 0.1, 1000.123, 7])
    expect(histogram.count).toBe(4)
    expect(histogram.mean).toBeCloseTo(1010.223 / 4, 10)
    expect(histogram.min).toBe(0.1)
    expect(histogram.max).toBe(1000.123)
    expect(histogram.quantile(0)).toBe(0.1)
    expect(histogram.quantile(1)).toBe(1000.123)
  })

  it('says NaN, not 0, when it is empty', () => {
    const histogram = new Histogram()
    expect([histogram.mean, histogram.min, histogram.max, histogram.quantile(0.5)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
  })

  it('never leaves the range of the values', () => {
    const histogram = histogramOf([10.001, 10.001, 10.001])
    for (const q of QUANTILES) expect(histogram.quantile(q)).toBe(10.001)
  })

  it('counts zeros, negative zeros and the smallest and largest doubles', () => {
    const values = [0, -0, Number.MIN_VALUE, Number.MAX_VALUE]
    const histogram = histogramOf(values)
    expect(histogram.count).toBe(4)
    expect(histogram.quantile(0.5)).toBe(0)
    expect(histogram.max).toBe(Number.MAX_VALUE)
  })

  it.each([Number.NaN, -1, -Number.MIN_VALUE, Number.POSITIVE_INFINITY])(
    'refuses %d and stays as it was',
    (value) => {
      const histogram = histogramOf([1])
      expect(() => histogram.record(value)).toThrow(/expected a finite number, 0 or above/)
      expect(histogram.toJSON()).toEqual(histogramOf([1]).toJSON())
    },
  )

  it.each([-0.1, 1.1, Number.NaN])('refuses the quantile %d', (q) => {
    expect(() => histogramOf([1]).quantile(q)).toThrow(RangeError)
  })

  it.each([0, 17, 1.5])('refuses %d mantissa bits', (bits) => {
    expect(() => new Histogram(bits)).toThrow(RangeError)
  })

  it('merges exactly: two halves are the whole', () => {
    fc.assert(
      fc.property(fc.array(anyLatency), fc.array(anyLatency), (left, right) => {
        const merged = histogramOf(left)
        merged.merge(histogramOf(right))
        const { sum: mergedSum, ...mergedRest } = merged.toJSON()
        const whole = histogramOf([...left, ...right])
        const { sum, ...rest } = whole.toJSON()
        expect(mergedRest).toEqual(rest)
        // Numbers that reach from 1e-320 to 1e9 are beyond what `ExactSum` has digits for.
        expect(Math.abs(merged.sum - whole.sum)).toBeLessThanOrEqual(1e-15 * whole.sum)
        if ([...left, ...right].every((value) => value === 0 || value > 1e-6)) expect(mergedSum).toEqual(sum)
      }),
    )
  })

  it('counts up to bounds: exactly where a bound is the edge of a bucket, else with what shares its bucket', () => {
    const bounds = [0, 1, 2.5, 100, 10_000]
    fc.assert(
      fc.property(fc.array(fc.oneof(anyLatency, fc.constantFrom(...bounds))), (values) => {
        const counts = histogramOf(values).countsUpTo(bounds)
        for (const [i, bound] of bounds.entries()) {
          const atLeast = values.filter((value) => value <= bound).length
          const atMost = values.filter((value) => value <= bound * (1 + 2 ** -9) + 1e-300).length
          expect(counts[i]).toBeGreaterThanOrEqual(atLeast)
          expect(counts[i]).toBeLessThanOrEqual(atMost)
        }
      }),
    )
  })

  it('refuses to merge another resolution', () => {
    expect(() => new Histogram(9).merge(new Histogram(7))).toThrow(/cannot merge/)
  })

  it('survives JSON', () => {
    fc.assert(
      fc.property(fc.array(anyLatency), (values) => {
        const histogram = histogramOf(values)
        const copy = Histogram.fromJSON(JSON.parse(JSON.stringify(histogram)) as HistogramJson)
        expect(copy.toJSON()).toEqual(histogram.toJSON())
        expect(copy.mean).toEqual(histogram.mean)
        for (const q of QUANTILES) expect(copy.quantile(q)).toEqual(histogram.quantile(q))
      }),
    )
  })

  it.each([
    ['a count that does not match', { count: 3 }],
    ['half a pair', { buckets: [1] }],
    ['a negative count', { buckets: [5, -2] }],
    ['a bucket beyond the doubles', { buckets: [2047 * 512, 2] }],
    ['a bucket that is no number', { buckets: [Number.NaN, 2] }],
  ])('refuses JSON with %s', (_name, change) => {
    const json = { ...histogramOf([1, 2]).toJSON(), ...change }
    expect(() => Histogram.fromJSON(json)).toThrow(DataError)
  })
})
