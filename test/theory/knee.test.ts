/**
 * The knee of a queue is known: the rate at which its mean time reaches the limit. One replica that shares itself out
 * among its jobs has the mean time of M/M/c whatever the distribution of the work, here log-normal.
 */
import { describe, expect, it } from 'vitest'
import { findKnee } from '../../src/study/index.ts'
import { scenarioOf } from '../shop/small-scenario.ts'
import { timeInMMc } from './formulas.ts'

const WORK_MS = 50
const LIMIT_MS = 100

/** Mean time in M/M/c, in ms. */
function meanMs(workers: number, perSecond: number): number {
  return WORK_MS * timeInMMc(workers, (perSecond * WORK_MS) / 1000 / workers)
}

/** The rate at which it is the limit, by bisection. */
function kneeOfTheory(workers: number): number {
  let [low, high] = [0, (workers * 1000) / WORK_MS]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (meanMs(workers, middle) < LIMIT_MS) low = middle
    else high = middle
  }
  return low
}

describe.each([
  { workers: 1, seconds: 450, start: 6 },
  { workers: 4, seconds: 150, start: 35 },
])('$workers workers', ({ workers, seconds, start }) => {
  it('have the knee of the formula', async () => {
    const scenario = scenarioOf(`
name: knee
description: One request per session
accounts: 100
phases:
  - { name: only, durationMinutes: 1, sessionsPerSecond: ${start}, behaviors: { search: 1 } }
behaviors:
  search:
    description: A search that nobody is signed in for has all of its work, and is refused
    requests:
      - { name: search, get: "/api/inventory/search?query=lamp", service: inventory, expect: { status: [401] } }
shop:
  hopMs: 0
  work: { inventory.search: { meanMs: ${WORK_MS}, sigma: 1 } }
  services: { inventory: { speeds: [1], workers: ${workers}, queueLimit: 300, discipline: ps } }
thresholds: { meanLatencyMs: "< ${LIMIT_MS}" }
`)
    const loaded = { scenario, source: { file: 'knee.yaml', dialect: 'native' as const } }
    const found = await findKnee({
      loaded,
      world: 'virtual',
      repeats: 4,
      jobs: 1,
      precision: 0.04,
      windowMs: seconds * 1000,
      warmUpMs: 20_000,
      // Beyond the capacity, a queue is long, and slow to simulate.
      highest: (workers * 1000) / WORK_MS,
    })
    const theory = kneeOfTheory(workers)
    const { mean, low, high } = found.knee!
    expect(Math.abs(mean / theory - 1)).toBeLessThan(0.04)
    expect(low).toBeLessThan(theory)
    expect(high).toBeGreaterThan(theory)
    expect((high - low) / mean).toBeLessThan(0.25)
    expect(found.interrupted).toBe(false)
  }, 60_000)
})
