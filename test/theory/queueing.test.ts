/**
 * Our replicas against queueing theory. Every run is long enough that the 95 % interval of its mean is within 2.5 %,
 * and theory must lie in the 99.9 % interval. Seeds are fixed: a failure is a wrong queue, not bad luck.
 */
import { describe, expect, it } from 'vitest'
import { exponential, RandomStreams } from '../../src/core/index.ts'
import { drawServiceTimeMs } from '../../src/shop/index.ts'
import { lossProbability, tailOfMM1, timeInMG1, timeInMMc } from './formulas.ts'
import {
  batchMeans,
  lognormal,
  type StationResult,
  type StationSettings,
  simulate,
  UNLIMITED,
} from './stations.ts'

const streams = new RandomStreams(2026)

/** Poisson arrivals at `rate` to one replica of one worker with exponential work, but for what is said otherwise. */
function run(name: string, rate: number, settings: Partial<StationSettings> = {}): StationResult {
  const arrivals = streams.stream(`${name}/arrivals`)
  const work = streams.stream(`${name}/work`)
  return simulate({
    jobs: 500_000,
    replicas: 1,
    workers: 1,
    queueLimit: UNLIMITED,
    nextGap: () => exponential(arrivals, 1 / rate),
    nextWork: () => exponential(work, 1),
    nextReplica: () => 0,
    ...settings,
  })
}

function expectMean(values: Float64Array, theory: number): void {
  const { low, high, mean } = batchMeans(values, 0.95)
  expect((high - low) / 2 / mean, 'relative half width of the 95 % interval').toBeLessThan(0.025)
  const wide = batchMeans(values, 0.999)
  expect(theory).toBeGreaterThan(wide.low)
  expect(theory).toBeLessThan(wide.high)
}

/** Little 1961, exact on every run that begins and ends empty. */
function expectLittle({ times, inSystemTime }: StationResult): void {
  const spent = times.reduce((sum, time) => sum + time, 0)
  expect(Math.abs(inSystemTime / spent - 1)).toBeLessThan(1e-9)
}

describe('the formulas', () => {
  it('give the values of the tables', () => {
    expect(lossProbability(10, 10)).toBeCloseTo(0.2146, 4)
    expect(timeInMMc(1, 0.8)).toBeCloseTo(5, 10)
    expect(timeInMMc(2, 0.8)).toBeCloseTo(2.77778, 5)
    expect(timeInMMc(8, 0.9)).toBeCloseTo(1.87692, 5)
    expect(timeInMG1(0.8, 0)).toBeCloseTo(3, 10)
    expect(timeInMG1(0.8, Math.E - 1)).toBeCloseTo(6.43656, 5)
  })
})

describe('M/M/1 at 0.7', () => {
  const result = run('mm1', 0.7, { jobs: 700_000 })

  it('has the mean time of theory', () => {
    expectMean(result.times, timeInMMc(1, 0.7))
    expectLittle(result)
  })

  it.each([1, 2, 5])('has the share of times above %i that an exponential has', (time) => {
    expectMean(
      result.times.map((value) => (value > time ? 1 : 0)),
      tailOfMM1(0.7, time),
    )
  })
})

it('M/M/2 at 0.8 has the mean time of theory', () => {
  const result = run('mm2', 1.6, { workers: 2, jobs: 1_000_000 })
  expectMean(result.times, timeInMMc(2, 0.8))
  expectLittle(result)
})

it('M/D/1 at 0.7 has the mean time of Pollaczek and Khinchine', () => {
  const result = run('md1', 0.7, { nextWork: () => 1 })
  expectMean(result.times, timeInMG1(0.7, 0))
  expectLittle(result)
})

it('M/G/1 at 0.6 with log-normal work has the mean time of Pollaczek and Khinchine', () => {
  const work = streams.stream('mg1/lognormal')
  const sigma = 0.5
  const result = run('mg1', 0.6, { nextWork: () => lognormal(work, sigma) })
  expectMean(result.times, timeInMG1(0.6, Math.exp(sigma * sigma) - 1))
  expectLittle(result)
})

it("the shop's own service times, drawn by key, make an M/G/1 as well", () => {
  const time = { meanMs: 1, sigma: 0.8 }
  let key = 0
  const result = run('keyed', 0.6, { nextWork: () => drawServiceTimeMs(time, ++key) })
  expectMean(result.times, timeInMG1(0.6, Math.exp(0.64) - 1))
})

it('M/M/10/10 refuses the share of Erlang B, and nobody waits', () => {
  const jobs = 400_000
  const result = run('loss', 10, { workers: 10, queueLimit: 0, jobs })
  const theory = lossProbability(10, 10)
  // Refusals come in bursts: their variance is a few times that of independent ones.
  const sigma = Math.sqrt((3 * theory * (1 - theory)) / jobs)
  expect(Math.abs(result.refused / jobs - theory)).toBeLessThan(3.29 * sigma)
  expectMean(result.times, 1)
  expectLittle(result)
})

it('a random split to four replicas makes four independent M/M/1', () => {
  const split = streams.stream('split')
  const result = run('split', 4 * 0.7, {
    replicas: 4,
    jobs: 1_000_000,
    nextReplica: () => Math.floor(split() * 4),
  })
  expectMean(result.times, timeInMMc(1, 0.7))
  expectLittle(result)
})

it('would find out a queue that is not what it says: a bounded one is faster than theory', () => {
  const { times } = run('bounded', 0.7, { queueLimit: 10 })
  expect(batchMeans(times, 0.999).high).toBeLessThan(timeInMMc(1, 0.7))
})
