/** Starts that are random, against the theory of their processes. Seeds are fixed; tolerances are of statistics. */
import { describe, expect, it } from 'vitest'
import type { BurstyArrivals, DiurnalArrivals, FlashCrowd } from '../../../src/scenario/index.ts'
import { executorKindOf } from '../../../src/traffic/index.ts'
import { countsPer, criticalDistance, dispersion, distance, startsOf } from './starts-of.ts'

const HOUR_MS = 3_600_000

describe('bursty arrivals', () => {
  const bursty: BurstyArrivals = {
    kind: 'bursty-arrivals',
    quietSessionsPerSecond: 1,
    burstSessionsPerSecond: 20,
    meanQuietMs: 8000,
    meanBurstMs: 2000,
  }
  const DURATION_MS = 40 * HOUR_MS
  const starts = startsOf(bursty, DURATION_MS)

  /** Index of dispersion of the counts of windows of t seconds (Fischer and Meier-Hellstern 1993). */
  function expectedDispersion(seconds: number): number {
    const [l1, l2, r1, r2] = [1, 20, 1 / 8, 1 / 2]
    const r = r1 + r2
    const limit = (2 * (l1 - l2) ** 2 * r1 * r2) / (r ** 2 * (l1 * r2 + l2 * r1))
    return 1 + limit * (1 - (1 - Math.exp(-r * seconds)) / (r * seconds))
  }

  it('come at the mean of both rates', () => {
    // 0.8 x 1 + 0.2 x 20; the standard deviation of the mean follows from the dispersion in the long run.
    const expected = (4.8 * DURATION_MS) / 1000
    const deviation = Math.sqrt(expected * expectedDispersion(DURATION_MS / 1000))
    expect(executorKindOf(bursty).expectedStarts(bursty, DURATION_MS)).toBeCloseTo(expected, 6)
    expect(Math.abs(starts.length - expected)).toBeLessThan(3 * deviation)
  })

  it.each([1, 5, 30])('have the dispersion of an MMPP in windows of %d s', (seconds) => {
    const measured = dispersion(countsPer(seconds * 1000, starts, DURATION_MS))
    expect(expectedDispersion(seconds)).toBeGreaterThan(2)
    expect(Math.abs(measured / expectedDispersion(seconds) - 1)).toBeLessThan(0.1)
  })

  it('are a Poisson process where both states have one rate', () => {
    const even = { ...bursty, quietSessionsPerSecond: 5, burstSessionsPerSecond: 5 }
    const times = startsOf(even, HOUR_MS)
    const gaps = times.map((start, i) => start - (times[i - 1] ?? 0))
    expect(distance(gaps, (gap) => 1 - Math.exp(-gap / 200))).toBeLessThan(criticalDistance(gaps.length))
  })

  it('begin as they are found at any time: in a burst as often as bursts last', () => {
    const silent = { ...bursty, quietSessionsPerSecond: 0, burstSessionsPerSecond: 1000 }
    const seeds = Array.from({ length: 400 }, (_, seed) => seed)
    const bursting = seeds.filter((seed) => (startsOf(silent, 50, seed)[0] ?? 50) < 20).length
    // 400 x 0.2 = 80, +- 3 standard deviations of 8.
    expect(Math.abs(bursting - 80)).toBeLessThan(24)
  })
})

describe('diurnal arrivals', () => {
  const day: DiurnalArrivals = {
    kind: 'diurnal-arrivals',
    meanSessionsPerSecond: 2,
    amplitude: 0.8,
    periodMs: 2 * HOUR_MS,
    peakMs: HOUR_MS,
    noise: 0,
    noiseMs: 60_000,
  }

  it('have their mean over a period, and the shape of the cosine', () => {
    const starts = startsOf(day, 2 * HOUR_MS)
    expect(Math.abs(starts.length - 14_400)).toBeLessThan(3 * Math.sqrt(14_400))
    const phase = (ms: number): number => (2 * Math.PI * ms) / (2 * HOUR_MS)
    const shape = (ms: number): number => (phase(ms) + 0.8 * Math.sin(phase(ms) - Math.PI)) / (2 * Math.PI)
    expect(distance(starts, shape)).toBeLessThan(criticalDistance(starts.length))
  })

  it('are most frequent at the peak', () => {
    const perTenMinutes = countsPer(600_000, startsOf(day, 2 * HOUR_MS), 2 * HOUR_MS)
    expect(Math.max(...perTenMinutes.slice(5, 7))).toBe(Math.max(...perTenMinutes))
    expect(executorKindOf(day).peakRate(day, 2 * HOUR_MS)).toBeCloseTo(3.6, 9)
    // Before the peak, the highest rate is the last.
    expect(executorKindOf(day).peakRate(day, HOUR_MS / 2)).toBeCloseTo(2, 9)
  })

  it('wander with the noise, around the same mean', () => {
    const flat = { ...day, amplitude: 0, meanSessionsPerSecond: 20 }
    const noisy = { ...flat, noise: 0.9 }
    const [calm, wild] = [flat, noisy].map((executor) => startsOf(executor, 10 * HOUR_MS))
    expect(dispersion(countsPer(60_000, calm!, 10 * HOUR_MS))).toBeLessThan(1.3)
    expect(dispersion(countsPer(60_000, wild!, 10 * HOUR_MS))).toBeGreaterThan(50)
    expect(Math.abs(wild!.length / calm!.length - 1)).toBeLessThan(0.06)
  })
})

describe('a flash crowd', () => {
  const crowd: FlashCrowd = {
    kind: 'flash-crowd',
    baseSessionsPerSecond: 5,
    spikeFactor: 30,
    startMs: 60_000,
    riseMs: 10_000,
    decayMs: 40_000,
  }
  const DURATION_MS = 600_000
  const starts = startsOf(crowd, DURATION_MS)
  const within = (fromMs: number, toMs: number): number =>
    starts.filter((start) => start >= fromMs && start < toMs).length
  const near = (count: number, expected: number): void =>
    expect(Math.abs(count - expected)).toBeLessThan(3 * Math.sqrt(expected))

  it('has its base before, its rise, its decay and its base again', () => {
    near(within(0, 60_000), 300)
    near(within(60_000, 70_000), 5 * 10 + (145 * 10) / 2)
    // Above the base: 145 per second x 40 s x (1 - 1/e) in the first 40 s, 1/e of that in the next.
    const first = 145 * 40 * (1 - Math.exp(-1))
    near(within(70_000, 110_000), 5 * 40 + first)
    near(within(110_000, 150_000), 5 * 40 + first * Math.exp(-1))
    near(within(500_000, 600_000), 500)
    near(starts.length, executorKindOf(crowd).expectedStarts(crowd, DURATION_MS))
  })

  it('decays exponentially', () => {
    const above = starts.filter((start) => start >= 70_000 && start < 190_000).map((start) => start - 70_000)
    const area = (ms: number): number => 0.005 * ms + 0.145 * 40_000 * (1 - Math.exp(-ms / 40_000))
    const shape = (ms: number): number => area(ms) / area(120_000)
    expect(distance(above, shape)).toBeLessThan(criticalDistance(above.length))
  })
})
