/** Rollouts against queueing theory, and against the replicas of the shop. */
import { describe, expect, test } from 'vitest'
import { exponential, RandomStreams } from '../../../src/core/index.ts'
import { rollOut } from '../../../src/learning/search/roll-out.ts'
import type { Workload } from '../../../src/learning/search/workload.ts'
import { type Policy, policyFactory } from '../../../src/routing/index.ts'
import { servedCalls } from './served-calls.ts'

interface Made {
  readonly instances: number
  readonly workers: number
  readonly discipline: 'fcfs' | 'ps'
  readonly load: number
  readonly requests: number
}

/** Poisson arrivals of exponential works of mean 1. */
function made(
  { instances, workers, discipline, load, requests }: Made,
  changed: Partial<Workload> = {},
): Workload {
  const random = new RandomStreams(7).stream('made')
  let nowMs = 0
  const timeMs = new Float64Array(requests).map(
    () => (nowMs += exponential(random, 1 / (load * instances * workers))),
  )
  return {
    service: 'cart-service',
    instances,
    workers,
    discipline,
    limit: Number.POSITIVE_INFINITY,
    timeMs,
    route: new Int32Array(requests),
    sizeMs: new Float64Array(requests).map(() => exponential(random, 1)),
    afterMs: new Float64Array(requests),
    draw: new Float64Array(requests).map(() => random()),
    windowMs: 1e9,
    windowsFromMs: 0,
    speed: new Float64Array(instances).fill(1),
    failing: new Float64Array(instances),
    failureMs: 1,
    penaltyMs: 1000,
    ...changed,
  }
}

function leastOutstanding(): Policy {
  return policyFactory('least-outstanding')('cart-service')
}

function meanOf(workload: Workload): number {
  return rollOut(workload, leastOutstanding(), new Float64Array(workload.timeMs.length)).meanMs
}

describe('mean time in the system', () => {
  // The tolerance is what chance does to a mean of so many.
  test.each([
    ['M/M/1 at 0.7', { instances: 1, workers: 1, discipline: 'fcfs', load: 0.7 }, 10 / 3, 0.06],
    ['M/M/4 at 0.8', { instances: 1, workers: 4, discipline: 'fcfs', load: 0.8 }, 1.74554, 0.04],
    ['M/M/1-PS at 0.7', { instances: 1, workers: 1, discipline: 'ps', load: 0.7 }, 10 / 3, 0.06],
    [
      'join the shortest of 10 at 0.7',
      { instances: 10, workers: 1, discipline: 'fcfs', load: 0.7 },
      1.16,
      0.02,
    ],
  ] as const)('%s', (_, model, expected, tolerance) => {
    expect(Math.abs(meanOf(made({ ...model, requests: 60_000 })) / expected - 1)).toBeLessThan(tolerance)
  })
})

test.each(['fcfs', 'ps'] as const)(
  '%s: latencies as the replicas of the shop have them, one by one',
  (discipline) => {
    for (const workers of [1, 3]) {
      const speeds = [1, 0.5]
      const { calls, sizesMs } = servedCalls({ discipline, workers, speeds, load: 0.7, calls: 1500 })
      const workload = made(
        { instances: 2, workers, discipline, load: 0.7, requests: 1500 },
        { timeMs: calls.timeMs, sizeMs: sizesMs, speed: Float64Array.from(speeds) },
      )
      let request = 0
      const replayed: Policy = { id: 'replayed', version: '1', choose: () => calls.instance[request++]! }
      const latenciesMs = new Float64Array(1500)
      rollOut(workload, replayed, latenciesMs)
      for (const [i, latencyMs] of calls.latencyMs.entries()) expect(latenciesMs[i]).toBeCloseTo(latencyMs, 6)
    }
  },
)

test('who fails answers at once and counts as the penalty', () => {
  const workload = made(
    { instances: 2, workers: 1, discipline: 'fcfs', load: 0.5, requests: 1000 },
    { failing: Float64Array.of(1, 0), afterMs: new Float64Array(1000).fill(2) },
  )
  const latenciesMs = new Float64Array(1000)
  const { failures, meanMs } = rollOut(workload, leastOutstanding(), latenciesMs)
  // Least outstanding sends most to the one that is free again at once.
  expect(failures).toBeGreaterThan(500)
  expect(latenciesMs.filter((latencyMs) => latencyMs === 1000)).toHaveLength(failures)
  expect(Math.min(...latenciesMs)).toBeGreaterThan(2)
  expect(meanMs).toBeCloseTo(latenciesMs.reduce((sum, latencyMs) => sum + latencyMs) / 1000)
})

test('an instance that is full refuses', () => {
  const workload = made(
    { instances: 1, workers: 1, discipline: 'fcfs', load: 3, requests: 500 },
    { limit: 2 },
  )
  const { failures } = rollOut(workload, leastOutstanding(), new Float64Array(500))
  expect(failures).toBeGreaterThan(200)
})

test('speeds are those of the window', () => {
  const half = made(
    { instances: 1, workers: 1, discipline: 'fcfs', load: 0.01, requests: 200 },
    { windowMs: 5000, windowsFromMs: 0, speed: Float64Array.of(1, 0.5), failing: new Float64Array(2) },
  )
  const latenciesMs = new Float64Array(200)
  rollOut(half, leastOutstanding(), latenciesMs)
  const ratios = Array.from(latenciesMs, (latencyMs, i) => latencyMs / half.sizeMs[i]!)
  expect(ratios[0]).toBeCloseTo(1)
  expect(ratios[199]).toBeCloseTo(2)
})

test('times that are no numbers end it, with a cost that is none', () => {
  const requests = 50
  const workload = made(
    { instances: 2, workers: 1, discipline: 'ps', load: 0.5, requests },
    { timeMs: new Float64Array(requests).fill(Number.NaN) },
  )
  expect(meanOf(workload)).not.toBeGreaterThan(0)
})
