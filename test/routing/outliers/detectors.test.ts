import { describe, expect, it } from 'vitest'
import {
  type Detector,
  type DetectorLimits,
  failureShare,
  slow,
  successRate,
} from '../../../src/routing/outliers/detectors.ts'
import { IntervalTally } from '../../../src/routing/outliers/interval-tally.ts'

const LIMITS: DetectorLimits = {
  minInstances: 5,
  minRequests: 100,
  deviations: 1.9,
  failureShare: 0.85,
  slowFactor: 5,
}

/** An instance with so many answers, of which these failed; the others took that long. */
function told(answers: number, failures: number, latencyMs = 10): IntervalTally {
  const tally = new IntervalTally()
  for (let i = 0; i < answers; i++) tally.add(i < failures ? 1 : latencyMs, i < failures)
  return tally
}

function found(
  detector: Detector,
  tallies: readonly (IntervalTally | null)[],
  limits: Partial<DetectorLimits> = {},
): number[] {
  const outliers = new Uint8Array(tallies.length).fill(1)
  detector(tallies, { ...LIMITS, ...limits }, outliers)
  return [...outliers.keys()].filter((i) => outliers[i] === 1)
}

describe('successRate', () => {
  // Rates 1, 1, 1, 1, 1, .5: mean .9167, deviation .1863, so below .5626.
  const six = [0, 0, 0, 0, 0, 100].map((failures) => told(200, failures))

  it('finds who is more than 1.9 standard deviations below the mean', () => {
    expect(found(successRate, six)).toEqual([5])
    expect(found(successRate, six, { deviations: 2.23 })).toEqual([5])
    expect(found(successRate, six, { deviations: 2.24 })).toEqual([])
    expect(found(successRate, six, { deviations: 0 })).toEqual([])
  })

  it('compares no fewer than so many instances with so many answers', () => {
    expect(found(successRate, six, { minInstances: 6 })).toEqual([5])
    expect(found(successRate, six, { minInstances: 7 })).toEqual([])
    expect(found(successRate, six, { minRequests: 200 })).toEqual([5])
    expect(found(successRate, six, { minRequests: 201 })).toEqual([])
    expect(found(successRate, [...six.slice(0, 4), null, six[5]!], { minInstances: 6 })).toEqual([])
  })

  it('cannot find anybody among four', () => {
    const four = [0, 0, 0, 200].map((failures) => told(200, failures))
    expect(found(successRate, four, { minInstances: 2 })).toEqual([])
    expect(found(successRate, four, { minInstances: 2, deviations: 1.7 })).toEqual([3])
  })

  it('finds nobody where all are alike', () => {
    const alike = Array.from({ length: 8 }, () => told(300, 77))
    expect(found(successRate, alike)).toEqual([])
  })
})

describe('failureShare', () => {
  const five = [0, 169, 170, 171, 200].map((failures) => told(200, failures))

  it('finds who fails so much or more', () => {
    expect(found(failureShare, five)).toEqual([2, 3, 4])
    expect(found(failureShare, five, { failureShare: 1 })).toEqual([4])
    expect(found(failureShare, five, { failureShare: 0 })).toEqual([])
  })

  it('does not judge by few answers, nor among few instances', () => {
    expect(found(failureShare, [...five, told(99, 99)])).toEqual([2, 3, 4])
    expect(found(failureShare, five.slice(1))).toEqual([])
    expect(found(failureShare, five.slice(3), { minInstances: 2 })).toEqual([0, 1])
  })
})

describe('slow', () => {
  const latencies = (...ms: number[]) => ms.map((one) => told(200, 0, one))

  // Of four others the lower of the two in the middle: 10.
  it('finds whose mean is more than five times the median of the others', () => {
    expect(found(slow, latencies(10, 12, 14, 8, 50.1))).toEqual([4])
    expect(found(slow, latencies(10, 12, 14, 8, 50))).toEqual([])
    expect(found(slow, latencies(10, 12, 14, 8, 50.1), { slowFactor: 0 })).toEqual([])
  })

  it('finds the slow one of two', () => {
    expect(found(slow, latencies(51, 10), { minInstances: 2 })).toEqual([0])
    expect(found(slow, latencies(51, 10))).toEqual([])
    expect(found(slow, latencies(51), { minInstances: 1 })).toEqual([])
  })

  it('looks at successes only', () => {
    const failingFast = [told(300, 200, 51), ...latencies(10, 10, 10, 10)]
    expect(found(slow, failingFast)).toEqual([0])
    expect(found(slow, [told(299, 200, 51), ...latencies(10, 10, 10, 10)])).toEqual([])
    expect(found(slow, [null, ...latencies(10, 10, 10, 10)])).toEqual([])
  })
})
