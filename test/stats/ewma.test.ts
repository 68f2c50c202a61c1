import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ewma, PeakEwma } from '../../src/stats/ewma.ts'

const TAU_MS = 10_000
const samples = fc.array(
  fc.record({ afterMs: fc.nat(60_000), value: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
  { minLength: 1 },
)

/** The value after one sample after the other. */
function fed<Average extends { add(sample: number, nowMs: number): void }>(
  average: Average,
  ...list: readonly (readonly [value: number, atMs: number])[]
): Average {
  for (const [value, atMs] of list) average.add(value, atMs)
  return average
}

describe('Ewma', () => {
  it('is not known before the first sample, which it then is', () => {
    const average = new Ewma(TAU_MS)
    expect(average.value).toBeNaN()
    expect(fed(average, [40, 123]).value).toBe(40)
  })

  it.each([
    ['tau later keeps 1/e', TAU_MS, 100 / Math.E + 10 * (1 - 1 / Math.E)],
    ['2 tau later keeps 1/e^2', 2 * TAU_MS, 100 * Math.exp(-2) + 10 * (1 - Math.exp(-2))],
    ['at the same instant gives the new one a tenth', 0, 91],
    ['long after forgets', 100 * TAU_MS, 10],
  ])('a second sample %s', (_, atMs, expected) => {
    expect(fed(new Ewma(TAU_MS), [100, 0], [10, atMs]).value).toBeCloseTo(expected, 9)
  })

  it('keeps exp(-dt / tau) of what it was, but no more than nine tenths, to the last bit', () => {
    const elapsed = fc.oneof(fc.double({ min: 0, max: 2000, noNaN: true }), fc.nat(60_000))
    fc.assert(
      fc.property(elapsed, (elapsedMs) => {
        const kept = Math.min(Math.exp(-elapsedMs / TAU_MS), 0.9)
        expect(fed(new Ewma(TAU_MS), [100, 0], [10, elapsedMs]).value).toBe(100 * kept + 10 * (1 - kept))
      }),
    )
  })

  it('stays between the smallest and the largest sample', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const average = new Ewma(TAU_MS)
        let nowMs = 0
        for (const { afterMs, value } of list) average.add(value, (nowMs += afterMs))
        const values = list.map(({ value }) => value)
        expect(average.value).toBeGreaterThanOrEqual(Math.min(...values) * (1 - 1e-12))
        expect(average.value).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-12))
      }),
    )
  })
})

describe('PeakEwma', () => {
  it('knows whether it has heard anything', () => {
    const average = new PeakEwma(TAU_MS)
    expect([average.seen, average.read(5)]).toEqual([false, 0])
    expect(fed(average, [0, 5]).seen).toBe(true)
  })

  it.each([
    ['at once', 0, 100],
    ['after tau', TAU_MS, 100 / Math.E],
    ['after 3 tau', 3 * TAU_MS, 100 * Math.exp(-3)],
  ])('a value of 100 reads %s as value x exp(-dt / tau)', (_, laterMs, expected) => {
    expect(fed(new PeakEwma(TAU_MS), [100, 50]).read(50 + laterMs)).toBeCloseTo(expected, 9)
  })

  it('reading changes nothing', () => {
    const average = fed(new PeakEwma(TAU_MS), [100, 0])
    average.read(TAU_MS)
    expect(average.read(0)).toBe(100)
  })

  it.each([
    ['above it is taken at once', 101, 1, 101],
    ['below it is averaged', 10, TAU_MS, 100 / Math.E + 10 * (1 - 1 / Math.E)],
    ['below it at the same instant weighs nothing', 10, 0, 100],
  ])('a sample %s', (_, value, atMs, expected) => {
    expect(fed(new PeakEwma(TAU_MS), [100, 0], [value, atMs]).read(atMs)).toBeCloseTo(expected, 9)
  })

  it('is never below the latest sample at its instant, nor above the largest', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const average = new PeakEwma(TAU_MS)
        let nowMs = 0
        let largest = 0
        for (const { afterMs, value } of list) {
          average.add(value, (nowMs += afterMs))
          largest = Math.max(largest, value)
          expect(average.read(nowMs)).toBeGreaterThanOrEqual(value * (1 - 1e-12))
          expect(average.read(nowMs)).toBeLessThanOrEqual(largest * (1 + 1e-12))
        }
      }),
    )
  })
})
