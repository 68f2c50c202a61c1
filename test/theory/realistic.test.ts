/**
 * What policies cost beyond theory's exponential single servers: eight replicas of four cores, log-normal work (sigma
 * 1, mean 10 ms), utilization 0.8, in units of least-outstanding, which is within a few per cent of the best there.
 *
 * The figures are those of an independent simulator (3 x 300,000 jobs). Its unit for unequal speeds is the best rule
 * that knows the speeds, against which least-outstanding has 1.04: the ratios below are divided by that. Where ours
 * differ from its figures:
 *
 * - Its Prequal has 1.29 without saying how long a probe takes. Ours has 1.16 if probes take no time, 1.24 at 1 ms and
 *   1.30 at 3 ms, the longest that the paper waits: so the figure is one of old probes more than of the rule.
 * - Its Envoy rule knows the speeds as weights (1.12); ours is not told here, and left out.
 * - p99 is of 180,000 jobs here, and so varies by a few per cent.
 */
import { describe, expect, it } from 'vitest'
import { type Fleet, type FleetTimes, runFleet } from './fleet.ts'

const LONG_MS = 120_000
const SEEDS = [1, 2]
const JOBS = 100_000

const EQUAL: Fleet = {
  speeds: Array.from({ length: 8 }, () => 1),
  cores: 4,
  discipline: 'ps',
  utilization: 0.8,
  probeMs: 3,
}
const UNEQUAL: Fleet = { ...EQUAL, speeds: [1, 1, 1, 1, 0.7, 0.7, 0.4, 0.4] }

/** Means over the seeds. */
function timesOf(policy: string, fleet: Fleet): FleetTimes {
  const runs = SEEDS.map((seed) => runFleet(policy, fleet, JOBS, seed))
  const mean = (of: (times: FleetTimes) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  return { meanMs: mean(({ meanMs }) => meanMs), p99Ms: mean(({ p99Ms }) => p99Ms) }
}

const references = new Map<Fleet, FleetTimes>()

/** Mean and p99 in units of least-outstanding, which has had the same jobs. */
function ratios(policy: string, fleet: Fleet): readonly [mean: number, p99: number] {
  const reference = references.get(fleet) ?? timesOf('least-outstanding', fleet)
  references.set(fleet, reference)
  const { meanMs, p99Ms } = timesOf(policy, fleet)
  return [meanMs / reference.meanMs, p99Ms / reference.p99Ms]
}

function expectNear(measured: number, figure: number, within: number): void {
  expect(Math.abs(measured / figure - 1), `${measured} against ${figure}`).toBeLessThan(within)
}

describe('equal replicas, processor sharing', () => {
  it('least-outstanding takes 10.4 ms', { timeout: LONG_MS }, () => {
    expectNear(timesOf('least-outstanding', EQUAL).meanMs, 10.4, 0.03)
  })

  it.each([
    ['round-robin', 1.34, 1.54],
    ['power-of-two-choices', 1.07, 1.07],
    ['peak-ewma', 1.15, 1.18],
    ['c3', 1.02, 1.02],
    ['prequal', 1.29, 1.29],
    // Nobody knows better than to count, where speeds are equal.
    ['shortest-expected-delay', 1, 1],
  ])('%s: mean %d, p99 %d', { timeout: LONG_MS }, (policy, mean, p99) => {
    const [meanRatio, p99Ratio] = ratios(policy, EQUAL)
    expectNear(meanRatio, mean, 0.03)
    expectNear(p99Ratio, p99, 0.05)
  })
})

describe('unequal replicas, processor sharing', () => {
  it.each([
    ['power-of-two-choices', 1.19, 1.26 / 1.07],
    ['peak-ewma', 1.19, 1.21 / 1.07],
    ['c3', 1.02, 1.02 / 1.07],
    ['prequal', 1.28, undefined],
  ])('%s: mean %d / 1.04', { timeout: LONG_MS }, (policy, mean, p99) => {
    const [meanRatio, p99Ratio] = ratios(policy, UNEQUAL)
    expectNear(meanRatio, mean / 1.04, 0.03)
    if (p99 !== undefined) expectNear(p99Ratio, p99, 0.05)
  })
})

// No figures of others: ours alone.
describe('with several cores, oracles', () => {
  it.each(['ps', 'fcfs'] as const)(
    'that look at all work know too little: %s',
    { timeout: LONG_MS },
    (discipline) => {
      // A long job leaves much work at a replica, of which three cores know nothing.
      const [mean] = ratios('least-work-left', { ...EQUAL, discipline })
      expect(mean).toBeGreaterThan(1.25)
      expect(mean).toBeLessThan(1.5)
    },
  )

  it('that know speeds and look at themselves only crowd the fast ones', { timeout: LONG_MS }, () => {
    const [mean] = ratios('shortest-expected-delay', UNEQUAL)
    expect(mean).toBeGreaterThan(1)
    expect(mean).toBeLessThan(1.1)
  })

  it.each([
    ['equal', 'ps', EQUAL, 1],
    ['equal', 'fcfs', EQUAL, 1],
    ['unequal', 'ps', UNEQUAL, 0.85],
    ['unequal', 'fcfs', UNEQUAL, 0.8],
  ] as const)(
    'that know all beat counting: %s replicas, %s',
    { timeout: LONG_MS },
    (_, discipline, fleet, most) => {
      const [mean, p99] = ratios('least-added-delay', { ...fleet, discipline })
      expect(mean).toBeGreaterThan(0.94)
      expect(mean).toBeLessThan(0.995)
      expect(p99).toBeLessThan(most)
    },
  )
})

it('first come first served, round robin is a tenth worse still', { timeout: LONG_MS }, () => {
  const [mean] = ratios('round-robin', { ...EQUAL, discipline: 'fcfs' })
  expectNear(mean, 1.34 * 1.1, 0.05)
})
