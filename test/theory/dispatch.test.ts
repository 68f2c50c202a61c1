/** A dispatcher and equal stations of one worker: what the classical rules cost against one central queue. */
import { describe, expect, it } from 'vitest'
import { policyFactory, ServiceRouter } from '../../src/routing/index.ts'
import { byPolicy, joinIdleQueue, leastWorkLeft, twoChoices } from './dispatchers.ts'
import { timeByTwoChoices, timeInMMc } from './formulas.ts'
import {
  type Dispatcher,
  expectLittle,
  expectMean,
  largestDifference,
  lognormal,
  meanOf,
  run,
  type StationSettings,
  streams,
} from './stations.ts'

const LONG_MS = 120_000

const stations = (count: number) => Array.from({ length: count }, () => 1)

/** Poisson arrivals at `utilization` to this many stations. */
function dispatched(
  utilization: number,
  count: number,
  dispatch: Dispatcher,
  settings: Partial<StationSettings>,
) {
  return run(`dispatch/${count}`, utilization * count, { speeds: stations(count), dispatch, ...settings })
}

it('a random split makes independent M/M/1', { timeout: LONG_MS }, () => {
  const result = dispatched(0.7, 10, byPolicy('random', 10), {})
  expectMean(result.times, timeInMMc(1, 0.7))
  expectLittle(result)
})

describe('ten stations at 0.9, in units of the time in M/M/10', () => {
  // Ratios of 4 x 1.5 million jobs in an independent simulator; 5.993 is theory. Those that vary more run longer: two
  // and a half standard deviations of each mean, or more, are within the 3 %.
  it.each<readonly [name: string, dispatch: Dispatcher, jobs: number, ratio: number]>([
    ['random', byPolicy('random', 10), 3_000_000, 5.993],
    ['round-robin', byPolicy('round-robin', 10), 2_500_000, 3.41],
    ['power-of-two-choices', byPolicy('power-of-two-choices', 10), 1_500_000, 1.791],
    ['join-idle-queue', joinIdleQueue(10), 2_000_000, 1.444],
    ['least-outstanding', byPolicy('least-outstanding', 10), 1_500_000, 1.149],
    ['least-work-left', leastWorkLeft(10), 1_500_000, 1.001],
  ])('%s', { timeout: LONG_MS }, (_, dispatch, jobs, ratio) => {
    const result = dispatched(0.9, 10, dispatch, { jobs })
    expect(Math.abs(meanOf(result.times) / timeInMMc(10, 0.9) / ratio - 1)).toBeLessThan(0.03)
    expectLittle(result)
  })
})

describe('two choices among a hundred stations', () => {
  it.each([
    // The limit is that of infinitely many: a hundred are slower, and the more so the higher the load.
    [0.7, timeByTwoChoices(0.7), 1.6145],
    [0.9, 2.673, 2.6141],
  ])('at %d', { timeout: LONG_MS }, (utilization, time, limit) => {
    expect(timeByTwoChoices(utilization)).toBeCloseTo(limit, 4)
    const result = dispatched(utilization, 100, twoChoices(100), {})
    expectMean(result.times, time)
    expect(meanOf(result.times)).toBeGreaterThan(limit)
  })
})

describe('least work left', () => {
  it.each<readonly [name: string, Partial<StationSettings>]>([
    ['exponential', {}],
    ['log-normal', { nextWork: lognormalWork() }],
  ])('is the central queue, job by job: %s work', (_, settings) => {
    const jobs = 200_000
    const left = dispatched(0.9, 10, leastWorkLeft(10), { jobs, ...settings })
    const central = run('dispatch/10', 9, { jobs, workers: 10, ...restarted(settings) })
    expect(largestDifference(central.arrivedAt, left.arrivedAt)).toBe(0)
    expect(largestDifference(central.work, left.work)).toBe(0)
    expect(largestDifference(central.times, left.times)).toBe(0)
  })

  /** The same numbers for each of the two. */
  function restarted(settings: Partial<StationSettings>): Partial<StationSettings> {
    return settings.nextWork === undefined ? settings : { ...settings, nextWork: lognormalWork() }
  }

  function lognormalWork(): () => number {
    const random = streams.stream('dispatch/lognormal')
    return () => lognormal(random, 1)
  }
})

it.each(['round-robin', 'random', 'power-of-two-choices', 'least-outstanding'])(
  '%s decides through the router of a service as it does here',
  (policy) => {
    const count = 10
    const router = new ServiceRouter({
      service: 'theory',
      instances: stations(count).map((_, i) => `r-${i}`),
      policy: policyFactory(policy)('theory'),
      random: streams.stream(`policy/${policy}/${count}`),
    })
    const seen = new Int32Array(count)
    const routed: Dispatcher = (inFlight, nowMs) => {
      for (let i = 0; i < count; i++) {
        for (; seen[i]! > inFlight[i]!; seen[i]!--) router.onAnswer(i, nowMs, 1, false)
      }
      const to = router.decide(nowMs, 0)
      router.onStart(to, 0)
      seen[to]!++
      return to
    }
    const jobs = 20_000
    const here = dispatched(0.9, count, byPolicy(policy, count), { jobs })
    expect(largestDifference(dispatched(0.9, count, routed, { jobs }).times, here.times)).toBe(0)
  },
)
