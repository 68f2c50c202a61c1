import { describe, expect, it } from 'vitest'
import { drawServiceTimeMs } from '../../src/shop/index.ts'

const DRAWS = 200_000

function draws(meanMs: number, sigma: number): Float64Array {
  return Float64Array.from({ length: DRAWS }, (_, key) => drawServiceTimeMs({ meanMs, sigma }, key))
}

function momentsOf(values: Float64Array): { mean: number; squaredCv: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, squaredCv: variance / mean ** 2 }
}

/** Excess kurtosis of a log-normal distribution: how uncertain its sample variance is. */
function excessKurtosis(sigma: number): number {
  const w = Math.exp(sigma * sigma)
  return w ** 4 + 2 * w ** 3 + 3 * w ** 2 - 6
}

describe('drawServiceTimeMs', () => {
  it.each([
    [12, 0.3],
    [25, 0.5],
    [28, 0.8],
  ])('draws a log-normal time with mean %d ms and sigma %d', (meanMs, sigma) => {
    const { mean, squaredCv } = momentsOf(draws(meanMs, sigma))
    const expected = Math.exp(sigma * sigma) - 1
    expect(Math.abs(mean / meanMs - 1)).toBeLessThan(4 * Math.sqrt(expected / DRAWS))
    const spread = Math.sqrt((excessKurtosis(sigma) + 2) / DRAWS)
    expect(Math.abs(squaredCv / expected - 1)).toBeLessThan(4 * spread + 0.005)
  })

  it('has the median of the formula, exp(-sigma^2 / 2) of the mean', () => {
    const sorted = draws(20, 0.8).sort()
    expect(sorted[DRAWS / 2]! / 20).toBeCloseTo(Math.exp(-0.32), 2)
  })

  it('is constant when sigma is 0', () => {
    expect(new Set(draws(7, 0).subarray(0, 100))).toEqual(new Set([7]))
  })

  it('gives the same time for the same key, and another for another', () => {
    const time = { meanMs: 10, sigma: 0.5 }
    expect(drawServiceTimeMs(time, 99)).toBe(drawServiceTimeMs(time, 99))
    expect(drawServiceTimeMs(time, 99)).not.toBe(drawServiceTimeMs(time, 100))
  })
})
