/** Processor sharing: mean times depend on the distribution of the work by its mean only. */
import { describe, expect, it } from 'vitest'
import { exponential } from '../../src/core/index.ts'
import { timeInMMc, timeUnderSharing } from './formulas.ts'
import {
  expectLittle,
  expectMean,
  lognormal,
  meanOf,
  run,
  type StationSettings,
  streams,
} from './stations.ts'

const random = streams.stream('sharing/work')
const DISTRIBUTIONS: readonly (readonly [name: string, nextWork: () => number])[] = [
  ['exponential', () => exponential(random, 1)],
  ['constant', () => 1],
  ['log-normal', () => lognormal(random, 1)],
]

const share = (name: string, rate: number, settings: Partial<StationSettings>) =>
  run(`sharing/${name}`, rate, { discipline: 'ps', ...settings })

describe.each(DISTRIBUTIONS)('%s work', (name, nextWork) => {
  it('has the mean time of M/M/1 on one core', () => {
    const result = share(name, 0.7, { nextWork })
    expectMean(result.times, timeUnderSharing(0.7))
    expectLittle(result)
  })

  it('has the mean time of M/M/4 on four cores', () => {
    const result = share(`${name}/4`, 4 * 0.7, { nextWork, workers: 4 })
    expectMean(result.times, timeInMMc(4, 0.7))
    expectLittle(result)
  })
})

it('makes every job wait in proportion to its work: large ones pay for themselves', () => {
  const { times, work } = share('slowdown', 0.7, {
    jobs: 1_200_000,
    nextWork: () => lognormal(random, 1),
  })
  for (const [low, high] of [
    [0, 0.3],
    [0.3, 0.6],
    [0.6, 1.2],
    [1.2, 3],
    [3, 100],
  ] as const) {
    const within = (_: number, job: number) => work[job]! > low && work[job]! <= high
    expectMean(times.filter(within), timeUnderSharing(0.7, meanOf(work.filter(within))))
  }
})

it('is not what a queue does: first come first served, log-normal work takes longer', () => {
  const { times } = run('sharing/wrong', 0.7, { jobs: 300_000, nextWork: () => lognormal(random, 1) })
  expect(() => expectMean(times, timeUnderSharing(0.7))).toThrow('distance of the mean to theory')
})
