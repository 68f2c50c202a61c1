/** One station, first come first served: the formulas of Erlang, Pollaczek and Khinchine. */
import { describe, expect, it } from 'vitest'
import { drawServiceTimeMs } from '../../src/shop/index.ts'
import { lossProbability, tailOfMM1, timeInMG1, timeInMMc } from './formulas.ts'
import { expectLittle, expectMean, lognormal, run, type StationResult, streams } from './stations.ts'

describe('the formulas', () => {
  it('give the values of the tables', () => {
    expect(lossProbability(10, 10)).toBeCloseTo(0.2146, 4)
    expect(timeInMMc(1, 0.8)).toBeCloseTo(5, 10)
    expect(timeInMMc(2, 0.8)).toBeCloseTo(2.77778, 5)
    expect(timeInMMc(8, 0.9)).toBeCloseTo(1.87692, 5)
    expect(timeInMMc(10, 0.9)).toBeCloseTo(1.66873, 5)
    expect(timeInMG1(0.8, 0)).toBeCloseTo(3, 10)
    expect(timeInMG1(0.8, Math.E - 1)).toBeCloseTo(6.43656, 5)
  })
})

describe('M/M/1 at 0.7', () => {
  const result = run('mm1', 0.7)

  it('has the mean time of theory', () => {
    expectMean(result.times, timeInMMc(1, 0.7))
    expectLittle(result)
  })

  it.each([1, 2, 4])('has the share of times above %i that an exponential has', (time) => {
    const above = result.times.map((value) => (value > time ? 1 : 0))
    expectMean(above, tailOfMM1(0.7, time))
  })
})

it.each([2, 8])('M/M/%i at 0.8 has the mean time of Erlang C', (workers) => {
  const result = run(`mm${workers}`, workers * 0.8, { workers, jobs: 1_500_000 })
  expectMean(result.times, timeInMMc(workers, 0.8))
  expectLittle(result)
})

it('M/D/1 at 0.8 has the mean time of Pollaczek and Khinchine', () => {
  const result = run('md1', 0.8, { nextWork: () => 1 })
  expectMean(result.times, timeInMG1(0.8, 0))
  expectLittle(result)
})

it('M/G/1 at 0.6 with log-normal work of sigma 1 has the mean time of Pollaczek and Khinchine', () => {
  const work = streams.stream('mg1/lognormal')
  const result = run('mg1', 0.6, { jobs: 1_500_000, nextWork: () => lognormal(work, 1) })
  expectMean(result.times, timeInMG1(0.6, Math.E - 1))
  expectLittle(result)
})

it("the shop's own service times, drawn by key, make an M/G/1 as well", () => {
  const time = { meanMs: 1, sigma: 0.8 }
  let key = 0
  const result = run('keyed', 0.6, { nextWork: () => drawServiceTimeMs(time, ++key) })
  expectMean(result.times, timeInMG1(0.6, Math.exp(0.64) - 1))
})

describe('ten workers without a waiting room', () => {
  const work = streams.stream('loss/lognormal')
  const settings = { workers: 10, queueLimit: 0, jobs: 500_000 }
  const expectLoss = (result: StationResult) => {
    const served = result.times.filter((time) => !Number.isNaN(time))
    expect(served).toHaveLength(settings.jobs - result.refused)
    expectMean(
      result.times.map((time) => (Number.isNaN(time) ? 1 : 0)),
      lossProbability(10, 10),
    )
    expectMean(served, 1)
    expectLittle(result)
  }

  it('refuse the share of Erlang B, and nobody waits', () => {
    expectLoss(run('loss', 10, settings))
  })

  it('refuse the same share of jobs of any other distribution', () => {
    expectLoss(run('loss/any', 10, { ...settings, nextWork: () => lognormal(work, 1) }))
  })
})

describe('a queue that is not what it says is found out', () => {
  it.each([
    ['2 % slower', { speeds: [0.98] }],
    ['bounded', { queueLimit: 10 }],
    ['of two workers, half as fast', { workers: 2, speeds: [0.5] }],
    ['of more regular work', { nextWork: () => 1 }],
  ])('%s', (_, settings) => {
    const { times } = run('wrong', 0.7, { jobs: 300_000, ...settings })
    const served = times.filter((time) => !Number.isNaN(time))
    expect(() => expectMean(served, timeInMMc(1, 0.7))).toThrow('distance of the mean to theory')
  })
})
