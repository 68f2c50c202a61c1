/**
 * Which instances stand out from the others, by what each has answered in one interval.
 *
 * `successRate` and `failureShare` are Envoy's (outlier.rst). `slow` finds those that work, but slowly (Gunawi et al.,
 * Fail-Slow at Scale, FAST 2018), by comparing peers, as IASO does (Panda et al., ATC 2019); its rule is ours.
 *
 * A detector compares only those with enough answers, and is silent if these are too few. Its marks are written to
 * `outliers`, 1 or 0 by instance.
 */
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import type { IntervalTally } from './interval-tally.ts'

export interface DetectorLimits {
  readonly minInstances: number
  /** Fewer answers than these say nothing. */
  readonly minRequests: number
  /** Standard deviations below the mean success rate; 0 is off. */
  readonly deviations: number
  /** 0 is off. */
  readonly failureShare: number
  /** Times the median of the others' mean latencies; 0 is off. */
  readonly slowFactor: number
}

/** Shape [instances]; null for one that is out already. */
export type Tallies = readonly (IntervalTally | null)[]

export type Detector = (tallies: Tallies, limits: DetectorLimits, outliers: Uint8Array) => void

/**
 * Whose success rate is more than `deviations` standard deviations below the mean of all. Among n instances none can be
 * further away than sqrt(n - 1): with fewer than five, 1.9 finds nobody.
 */
export const successRate: Detector = (tallies, { minInstances, minRequests, deviations }, outliers) => {
  outliers.fill(0)
  if (deviations === 0) return
  let compared = 0
  let sum = 0
  let squares = 0
  for (const tally of tallies) {
    if (tally === null || tally.answers < minRequests) continue
    const rate = 1 - tally.failureShare
    compared++
    sum += rate
    squares += rate * rate
  }
  if (compared < minInstances) return
  const mean = sum / compared
  const deviation = Math.sqrt(Math.max(0, squares / compared - mean * mean))
  const lowest = mean - deviations * deviation
  for (const [i, tally] of tallies.entries()) {
    if (tally !== null && tally.answers >= minRequests && 1 - tally.failureShare < lowest) outliers[i] = 1
  }
}

/** Who fails that share of its requests, or more. */
export const failureShare: Detector = (tallies, limits, outliers) => {
  outliers.fill(0)
  const { minInstances, minRequests } = limits
  if (limits.failureShare === 0) return
  let compared = 0
  for (const tally of tallies) if (tally !== null && tally.answers >= minRequests) compared++
  if (compared < minInstances) return
  for (const [i, tally] of tallies.entries()) {
    if (tally === null || tally.answers < minRequests) continue
    if (tally.failureShare >= limits.failureShare) outliers[i] = 1
  }
}

const means = new ScoreBuffer()
const others = new ScoreBuffer()

/** Whose mean latency of successes is more than `slowFactor` times the median of the others' means. */
export const slow: Detector = (tallies, { minInstances, minRequests, slowFactor }, outliers) => {
  outliers.fill(0)
  if (slowFactor === 0) return
  const ofAll = means.of(tallies.length)
  let compared = 0
  for (const [i, tally] of tallies.entries()) {
    const enough = tally !== null && tally.successes >= minRequests
    ofAll[i] = enough ? tally.meanSuccessMs : Number.NaN
    if (enough) compared++
  }
  if (compared < Math.max(2, minInstances)) return
  for (let i = 0; i < tallies.length; i++) {
    if (ofAll[i]! > slowFactor * medianWithout(ofAll, tallies.length, i)) outliers[i] = 1
  }
}

/** Median of those that are numbers, but for one of them; the lower of the two in the middle. */
function medianWithout(values: Float64Array, count: number, one: number): number {
  const rest = others.of(count)
  let length = 0
  for (let i = 0; i < count; i++) {
    if (i !== one && !Number.isNaN(values[i]!)) rest[length++] = values[i]!
  }
  return rest.subarray(0, length).sort()[(length - 1) >> 1]!
}
