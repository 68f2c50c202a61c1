/** The figures of `shop-api.md`, section 2.5. */
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { Degradation } from '../../src/shop/degradation.ts'

const DRAWS = 20_000

function degradation(workers = 4): Degradation {
  return new Degradation(workers, new RandomStreams(1).stream('test'))
}

describe('busy loops', () => {
  it.each([
    [1, 4, 4 / 5],
    [50, 4, 4 / 6],
    [100, 4, 4 / 8],
    [100, 1, 1 / 2],
    [74, 8, 8 / 13],
  ])('of %d %% beside %d workers leave a speed of %d', (percent, workers, speed) => {
    const one = degradation(workers)
    one.start('cpu', percent, 1000, 0)
    expect(one.effectAt(999)).toEqual({ speed })
    expect(one.effectAt(1000)).toBeUndefined()
  })
})

describe('memory', () => {
  it('is taken by a megabyte every 50 ms, of 512, up to the share that was asked for', () => {
    const one = degradation()
    one.start('memory', 70, 60_000, 1_000)
    expect(one.effectAt(1_000)).toEqual({ leakedMemory: 0 })
    expect(one.effectAt(1_000 + 50 * 128)).toEqual({ leakedMemory: 0.25 })
    expect(one.effectAt(60_000)).toEqual({ leakedMemory: 0.7 })
    one.start('cpu', 100, 60_000, 2_000)
    expect(one.effectAt(60_999)).toEqual({ speed: 0.5, leakedMemory: 0.7 })
    expect(one.stop('memory', 60_000)).toBe(true)
    expect(one.effectAt(60_000)).toEqual({ speed: 0.5 })
  })
})

describe('latency', () => {
  function drawn(delayMs: number) {
    const one = degradation()
    one.start('latency', delayMs, 1, 0)
    return Array.from({ length: DRAWS }, () => one.trouble(0))
  }

  it.each([508, 600, 1000, 3000])('of %d ms is from 58 to 49 ms more, and never fails', (delayMs) => {
    const pauses = drawn(delayMs).map(({ pauseMs }) => pauseMs)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(58)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(delayMs + 49)
    expect(Math.max(...pauses)).toBeGreaterThan(delayMs)
    expect(Math.min(...pauses)).toBeLessThan(58 + delayMs * 0.05)
    expect(drawn(delayMs).some(({ fails }) => fails)).toBe(false)
  })

  it.each([
    [100, 0.7],
    [300, 0.3],
    [450, 0],
  ])('of %d ms fails at a share of %d', (delayMs, share) => {
    const failed = drawn(delayMs).filter(({ fails }) => fails).length / DRAWS
    // Five standard deviations.
    expect(Math.abs(failed - share)).toBeLessThanOrEqual(5 * Math.sqrt((share * (1 - share)) / DRAWS))
  })
})

describe('errors', () => {
  it('come at their rate, without a pause', () => {
    const one = degradation()
    one.start('errors', 30, 1, 0)
    const troubles = Array.from({ length: DRAWS }, () => one.trouble(0))
    const failed = troubles.filter(({ fails }) => fails).length / DRAWS
    expect(Math.abs(failed - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / DRAWS))
    expect(troubles.every(({ pauseMs }) => pauseMs === 0)).toBe(true)
    expect(one.trouble(1)).toEqual({ pauseMs: 0, fails: false })
  })
})

describe('a gradual one', () => {
  it('only shows, phase by phase, and creates no load', () => {
    const one = degradation()
    one.start('gradual', 5, 500, 0)
    const shown = [0, 100, 299, 300, 499, 500].map((atMs) => [
      one.gradualPhase(atMs),
      one.shownLevel('cpu', atMs),
      one.shownLevel('memory', atMs),
    ])
    expect(shown).toEqual([
      [1, 25, 20],
      [2, 50, 40],
      [3, 75, 60],
      [4, 100, 80],
      [5, 100, 100],
      [0, 0, 0],
    ])
    expect(one.effectAt(300)).toBeUndefined()
    expect(one.isActive('cpu', 300)).toBe(true)
    expect(one.isActive('latency', 300)).toBe(false)
  })
})
