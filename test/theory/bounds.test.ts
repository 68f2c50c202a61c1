/** No dispatcher beats the trace bound, path by path; and where it can be reached, our stations reach it. */
import { describe, expect, it } from 'vitest'
import { DISCIPLINES } from '../../src/scenario/index.ts'
import { traceBoundMs } from '../../src/stats/index.ts'
import { byPolicy } from './dispatchers.ts'
import { lognormal, meanOf, run, type StationResult, type StationSettings, streams } from './stations.ts'

const JOBS = 20_000

function boundOf(
  { arrivedAt, work }: StationResult,
  { speeds = [1], workers = 1 }: Partial<StationSettings>,
) {
  const perWorker = speeds.flatMap((speed) => Array.from({ length: workers }, () => speed))
  return traceBoundMs({ arrivedAtMs: arrivedAt, workMs: work }, perWorker)
}

/** The stations have the capacity of ten workers of speed 1. */
const STATIONS: readonly (readonly [name: string, Pick<StationSettings, 'speeds' | 'workers'>])[] = [
  ['one worker', { speeds: [10], workers: 1 }],
  ['ten equal stations', { speeds: Array.from({ length: 10 }, () => 1), workers: 1 }],
  ['unequal stations of two workers', { speeds: [2, 1.5, 1, 0.5], workers: 2 }],
]

describe.each(STATIONS)('%s', (name, station) => {
  const count = station.speeds.length
  const policies = [
    'random',
    'round-robin',
    'power-of-two-choices',
    'least-outstanding',
    'join-idle-queue',
    'least-work-left',
    'least-added-delay',
    'shortest-expected-delay',
  ]
  const dispatchers = new Map(policies.map((policy) => [policy, byPolicy(policy, count)] as const))

  it.each(
    [...dispatchers].flatMap(([policy, dispatch]) =>
      DISCIPLINES.flatMap((discipline) => [0.3, 0.9].map((load) => ({ policy, dispatch, discipline, load }))),
    ),
  )('$policy, $discipline, at $load', ({ policy, dispatch, discipline, load }) => {
    const work = streams.stream(`bounds/${name}/${policy}`)
    const nextWork = () => lognormal(work, 1)
    const settings = { ...station, discipline, dispatch, nextWork, jobs: JOBS }
    const result = run(`bounds/${name}`, load * 10, settings)
    expect(meanOf(result.times)).toBeGreaterThanOrEqual(boundOf(result, station) * (1 - 1e-12))
  })
})

describe('the bound is reached', () => {
  it('by one queue of equal jobs, which are in the order of what they have left', () => {
    const result = run('bounds/equal', 0.9, { nextWork: () => 1, jobs: JOBS })
    expect(meanOf(result.times) / boundOf(result, {})).toBeCloseTo(1, 9)
  })

  it('by stations that are never busy when a job comes', () => {
    let next = 0
    const dispatch = () => next++ % 3
    const settings = { speeds: [1, 1, 1], nextGap: () => 1, nextWork: () => 2.9, jobs: JOBS, dispatch }
    const result = run('bounds/idle', 1, settings)
    expect(meanOf(result.times)).toBeCloseTo(2.9, 9)
    expect(boundOf(result, settings)).toBeCloseTo(2.9, 9)
  })

  it('so that it finds out a queue that is faster than it says', () => {
    const result = run('bounds/faster', 0.9, { speeds: [1.05], nextWork: () => 1, jobs: JOBS })
    expect(meanOf(result.times)).toBeLessThan(boundOf(result, { speeds: [1] }))
  })
})
