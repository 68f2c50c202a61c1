import { describe, expect, it } from 'vitest'
import {
  formatClock,
  formatCount,
  formatDuration,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
  formatRatioInterval,
  formatScore,
  formatUsers,
} from '../../src/report/format.ts'

describe('format', () => {
  it.each([
    [0, '0.00 ms'],
    [0.423, '0.42 ms'],
    [9.994, '9.99 ms'],
    [9.996, '10.0 ms'],
    [99.96, '100 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [9_996, '10.0 s'],
    [1_234_567, '1,234.6 s'],
  ])('writes %d ms as %s', (ms, expected) => expect(formatMs(ms)).toBe(expected))

  it.each([
    [0, 0, '0'],
    [-0, 0, '0'],
    [999.5, 0, '1,000'],
    [-1_234_567.891, 2, '-1,234,567.89'],
    [1_234.56789, 4, '1,234.5679'],
    [123_456_789, 0, '123,456,789'],
    [Number.NaN, 0, '–'],
  ])('writes %d with %d decimals as %s', (value, decimals, expected) =>
    expect(formatNumber(value, decimals)).toBe(expected),
  )

  it.each([
    [850, '850 ms'],
    [42_500, '42.5 s'],
    [59_960, '1m'],
    [330_000, '5m 30s'],
    [3_600_000, '1h'],
    [11_100_000, '3h 05m'],
  ])('writes a duration of %d ms as %s', (ms, expected) => expect(formatDuration(ms)).toBe(expected))

  it.each([
    [0, '0:00'],
    [754_000, '12:34'],
    [3_900_000, '1:05:00'],
  ])('writes the moment %d as %s', (ms, expected) => expect(formatClock(ms)).toBe(expected))

  it.each([
    [0, '0.00%'],
    [1e-6, '<0.01%'],
    [0.1234, '12.34%'],
    [0.999999, '>99.99%'],
    [1, '100.00%'],
  ])('never rounds the share %d to none or all: %s', (share, expected) =>
    expect(formatPercent(share)).toBe(expected),
  )

  it.each([
    [0.517, '0.52/s'],
    [12.34, '12.3/s'],
    [1234.5, '1,235/s'],
  ])('writes the rate %d as %s', (rate, expected) => expect(formatRate(rate)).toBe(expected))

  it.each([
    [-0.41372, '-0.4137'],
    [12.834, '12.83'],
    [4321.5, '4,322'],
    [0.0000123, '1.23e-5'],
    [0, '0.0000'],
  ])('writes the score %d as %s', (score, expected) => expect(formatScore(score)).toBe(expected))

  it('counts in words', () => {
    expect(formatCount(1, 'request')).toBe('1 request')
    expect(formatCount(2000, 'request')).toBe('2,000 requests')
    expect(formatUsers(56.4, 60)).toBe('56 of 60')
    expect(formatUsers(3.21, 0)).toBe('3.2')
  })

  it('writes a dash for what is not known', () => {
    const writers = [
      formatMs,
      formatDuration,
      formatClock,
      formatPercent,
      formatRate,
      formatScore,
      formatNumber,
    ]
    for (const write of writers) expect(write(Number.NaN)).toBe('–')
    expect(formatRatioInterval(Number.NaN, Number.NaN)).toBe('–')
  })
})
