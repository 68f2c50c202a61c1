/** Counts in bins of time: the index of dispersion of known processes, bounded memory, and exact merging. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exponential, RandomStreams } from '../../src/core/index.ts'
import { BinnedCounts, type BinnedCountsJson } from '../../src/stats/index.ts'

const counted = (times: Iterable<number>, bins = new BinnedCounts(10)): BinnedCounts => {
  for (const atMs of times) bins.add(atMs)
  return bins
}

function* evenly(perSecond: number, seconds: number): Generator<number> {
  for (let k = 0; k < perSecond * seconds; k++) yield ((k + 0.5) * 1000) / perSecond
}

function* poisson(perSecond: number, seconds: number): Generator<number> {
  const random = new RandomStreams(3).stream('arrivals')
  for (let atMs = 0; atMs < seconds * 1000; atMs += exponential(random, 1000 / perSecond)) yield atMs
}

const reread = (bins: BinnedCounts): BinnedCountsJson => JSON.parse(JSON.stringify(bins))

describe('the index of dispersion', () => {
  it('is 0 of a perfectly even process', () => {
    expect(counted(evenly(2000, 10)).dispersion).toBe(0)
  })

  it('is 1 of a Poisson process', () => {
    const { dispersion } = counted(poisson(2000, 60))
    // 6000 bins: a standard deviation of sqrt(2 / 6000).
    expect(Math.abs(dispersion - 1)).toBeLessThan(4 * Math.sqrt(2 / 6000))
  })

  it('is the size of the bursts that a Poisson process comes in', () => {
    const bursts = [...poisson(300, 120)].flatMap((atMs) => new Array<number>(7).fill(atMs))
    expect(counted(bursts).dispersion).toBeCloseTo(7, 0)
  })

  it('is great of a process that fires once a second', () => {
    // All of a second in one bin of a hundred: n^2 (1 - 1/100) / 99 over n / 100.
    const { dispersion } = counted(
      Array.from({ length: 20 }, (_, s) => s * 1000 + 5).flatMap((t) => Array(50).fill(t)),
    )
    expect(dispersion).toBeCloseTo(50, 0)
  })

  it('does not mistake a rate that rises for bursts', () => {
    const rising = Array.from({ length: 40_000 }, (_, k) => Math.sqrt(k * 40_000))
    expect(counted(rising).dispersion).toBeLessThan(0.1)
  })

  it('is not known of next to nothing', () => {
    expect(new BinnedCounts(10).dispersion).toBeNaN()
    expect(counted([5]).dispersion).toBeNaN()
    expect(counted([5, 30]).dispersion).toBeNaN()
  })
})

it('keeps a bounded number of windows, and still tells a Poisson process from an even one', () => {
  const day = counted(poisson(20, 86_400))
  const { windows, stride } = day.toJSON()
  expect(windows.length).toBeLessThanOrEqual(256)
  expect(windows.length).toBeGreaterThan(128)
  expect(stride).toBe(512)
  expect(Math.abs(day.dispersion - 1)).toBeLessThan(0.05)
})

describe('merging', () => {
  const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 60 })

  it('is as if all had been counted in one place, in whatever order', () => {
    fc.assert(
      fc.property(times, times, (first, second) => {
        const whole = reread(counted([...first, ...second]))
        const one = counted(first)
        one.merge(counted(second))
        const other = counted(second)
        other.merge(counted(first))
        expect([reread(one), reread(other)]).toEqual([whole, whole])
      }),
    )
  })

  it('adds up shares of different lengths, of which the longer kept fewer windows', () => {
    const long = [...evenly(10, 2000)]
    const short = [...evenly(100, 20)]
    const merged = counted(short)
    merged.merge(counted(long))
    expect(reread(merged)).toEqual(reread(counted([...short, ...long])))
  })

  it('refuses other bins', () => {
    expect(() => new BinnedCounts(10).merge(new BinnedCounts(5))).toThrow('bins of 5 ms into bins of 10 ms')
  })
})

describe('JSON', () => {
  it('holds all that was counted', () => {
    const bins = counted(poisson(50, 300))
    const read = BinnedCounts.fromJSON(reread(bins))
    expect([reread(read), read.dispersion]).toEqual([reread(bins), bins.dispersion])
  })

  it('is short where nothing happened', () => {
    expect(counted([12_345]).toJSON().windows).toEqual([[12, [-34, 1, -65]]])
  })

  it('is refused if a window is torn', () => {
    const json = { binMs: 10, stride: 1, first: 0, last: 5, windows: [[0, [1, -5]]] as const }
    expect(() => BinnedCounts.fromJSON(json)).toThrow('6 counts instead of 100')
  })
})
