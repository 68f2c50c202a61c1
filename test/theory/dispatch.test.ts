/** A dispatcher and equal stations of one worker: what the classical rules cost against one central queue. */
import { describe, expect, it } from 'vitest'
import { policyFactory, ServiceRouter } from '../../src/routing/index.ts'
import { byPolicy, twoChoices } from './dispatchers.ts'
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

describe('ten stations, in units of the time in M/M/10', () => {
  // Ratios of 4 x 1.5 million jobs in an independent simulator; that of random is theory. Those that vary more run
  // longer: two and a half standard deviations of each mean, or more, are within the 3 %. (At 0.95 the same would take
  // ten times as many jobs.)
  it.each<readonly [utilization: number, policy: string, jobs: number, ratio: number]>([
    [0.7, 'random', 600_000, 3.104],
    [0.7, 'round-robin', 400_000, 1.882],
    [0.7, 'power-of-two-choices', 400_000, 1.56],
    [0.7, 'join-idle-queue', 400_000, 1.116],
    [0.7, 'least-outstanding', 400_000, 1.08],
    [0.7, 'least-work-left', 400_000, 1.0],
    [0.9, 'random', 3_000_000, 5.993],
    [0.9, 'round-robin', 2_500_000, 3.41],
    [0.9, 'power-of-two-choices', 1_500_000, 1.791],
    [0.9, 'join-idle-queue', 2_000_000, 1.444],
    [0.9, 'least-outstanding', 1_500_000, 1.149],
    [0.9, 'least-work-left', 1_500_000, 1.001],
  ])('at %d, %s', { timeout: LONG_MS }, (utilization, policy, jobs, ratio) => {
    const result = dispatched(utilization, 10, byPolicy(policy, 10), { jobs })
    const measured = meanOf(result.times) / timeInMMc(10, utilization)
    expect(Math.abs(measured / ratio - 1)).toBeLessThan(0.03)
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
    const left = dispatched(0.9, 10, byPolicy('least-work-left', 10), { jobs, ...settings })
    const central = run('dispatch/10', 9, { jobs, workers: 10, ...restarted(settings) })
    expect(largestDifference(central.arrivedAt, left.arrivedAt)).toBe(0)
    expect(largestDifference(central.work, left.work)).toBe(0)
    expect(largestDifference(central.times, left.times)).toBe(0)
  })

  it('is that no more with several workers; least added delay is', () => {
    const settings = { speeds: stations(5), workers: 4, jobs: 100_000 }
    const central = run('dispatch/5x4', 18, { speeds: [1], workers: 20, jobs: 100_000 })
    const run5 = (policy: string) => run('dispatch/5x4', 18, { ...settings, dispatch: byPolicy(policy, 5) })
    const added = run5('least-added-delay')
    expect(largestDifference(central.arrivedAt, added.arrivedAt)).toBe(0)
    expect(largestDifference(central.times, added.times)).toBeLessThan(1e-9)
    expect(meanOf(run5('least-work-left').times)).toBeGreaterThan(1.02 * meanOf(central.times))
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
