/** The kinds that come and go: how often, for how long, and what they do while they are there. */
import { describe, expect, it } from 'vitest'
import { changesOf, gapsOf, lengthsOf, meanOf } from './changes-of.ts'

const DAY = { startMs: 0, endMs: 86_400_000 }
/** Four standard errors of a mean of exponential times. */
const within = (mean: number, count: number): number => (4 * mean) / Math.sqrt(count)

describe('noisy-neighbour', () => {
  const parameters = { factor: 0.3, everySeconds: 20, forSeconds: 5 }
  const changes = changesOf('noisy-neighbour', { ...DAY, parameters })

  it('is quiet and noisy for exponential times of the given means', () => {
    const gaps = gapsOf(changes, 0)
    const lengths = lengthsOf(changes)
    expect(gaps.length).toBeGreaterThan(3000)
    expect(Math.abs(meanOf(gaps) - 20_000)).toBeLessThan(within(20_000, gaps.length))
    expect(Math.abs(meanOf(lengths) - 5000)).toBeLessThan(within(5000, lengths.length))
    const longer = lengths.filter((lengthMs) => lengthMs > 5000).length / lengths.length
    expect(longer).toBeCloseTo(Math.exp(-1), 1)
  })

  it('takes its share of the speed', () => {
    expect(new Set(changes.map(({ effect }) => effect?.speed))).toEqual(new Set([0.3, undefined]))
  })
})

describe('gc-pauses', () => {
  const parameters = { everySeconds: 10, pauseMs: 200 }
  const changes = changesOf('gc-pauses', { ...DAY, parameters })

  it('stands still for the given time, after exponential gaps', () => {
    const gaps = gapsOf(changes, 0)
    expect(Math.abs(meanOf(gaps) - 10_000)).toBeLessThan(within(10_000, gaps.length))
    // All but the last one, which the end of the window may cut.
    for (const lengthMs of lengthsOf(changes).slice(0, -1)) expect(lengthMs).toBeCloseTo(200, 5)
    expect(new Set(changes.map(({ effect }) => effect?.speed))).toEqual(new Set([0, undefined]))
  })
})

describe('flapping-health', () => {
  it('changes its mind at equal times, healthy first', () => {
    const changes = changesOf('flapping-health', { endMs: 18_000, parameters: { everySeconds: 5 } })
    expect(changes).toEqual([
      { atMs: 6000, effect: { healthy: false } },
      { atMs: 11_000, effect: undefined },
      { atMs: 16_000, effect: { healthy: false } },
      { atMs: 18_000, effect: undefined },
    ])
  })
})
