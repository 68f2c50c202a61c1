import { describe, expect, test } from 'vitest'
import { fitStation, worksMs } from '../../../src/learning/search/fit-station.ts'
import { type Served, servedCalls } from './served-calls.ts'

const usual: Served = {
  discipline: 'fcfs',
  workers: 1,
  speeds: [1, 1, 1],
  load: 0.7,
  calls: 6000,
  works: [4, 40],
}

describe('finds out again how instances serve', () => {
  test.each([
    { discipline: 'fcfs', workers: 1, load: 0.7 },
    { discipline: 'fcfs', workers: 2, load: 0.8 },
    { discipline: 'fcfs', workers: 4, load: 0.9 },
    { discipline: 'ps', workers: 1, load: 0.7 },
    { discipline: 'ps', workers: 2, load: 0.8 },
    { discipline: 'ps', workers: 4, load: 0.9 },
  ] as const)('$discipline with $workers, who tell how long requests waited', (station) => {
    const { calls } = servedCalls({ ...usual, ...station })
    expect(fitStation([calls])).toEqual({ discipline: station.discipline, workers: station.workers })
  })

  test.each([
    { discipline: 'fcfs', workers: 1, load: 0.7 },
    { discipline: 'fcfs', workers: 2, load: 0.8 },
    { discipline: 'ps', workers: 1, load: 0.7 },
    { discipline: 'ps', workers: 2, load: 0.8 },
  ] as const)('$discipline with $workers, who tell nothing', (station) => {
    const { calls } = servedCalls({ ...usual, ...station, untold: true })
    expect(fitStation([calls])).toEqual({ discipline: station.discipline, workers: station.workers })
  })

  test('where nobody ever meets anybody else, nothing speaks against ample workers', () => {
    const { calls } = servedCalls({ ...usual, load: 0.001, calls: 500 })
    expect(fitStation([calls]).workers).toBe(64)
  })

  test('unequal speeds do not hide it', () => {
    const { calls } = servedCalls({
      ...usual,
      discipline: 'ps',
      workers: 2,
      speeds: [1, 0.8, 0.5],
      load: 0.6,
    })
    expect(fitStation([calls])).toEqual({ discipline: 'ps', workers: 2 })
  })
})

describe('finds out again what work requests were', () => {
  test.each(['fcfs', 'ps'] as const)('%s, from when they came and were done alone', (discipline) => {
    for (const workers of [1, 3]) {
      const { calls, sizesMs } = servedCalls({ ...usual, discipline, workers, untold: true })
      const works = worksMs(calls, { discipline, workers })
      for (const [i, size] of sizesMs.entries()) expect(works[i]).toBeCloseTo(size, 5)
    }
  })

  test('of failures nothing is known', () => {
    const { calls } = servedCalls({ ...usual, failingShare: 0.5, calls: 400 })
    const works = worksMs(calls, { discipline: 'fcfs', workers: 1 })
    for (const [i, failed] of calls.failed.entries()) expect(Number.isNaN(works[i]!)).toBe(failed === 1)
  })
})
