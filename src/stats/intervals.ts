/**
 * Confidence intervals: Student's t for means of few values, and the percentile bootstrap for everything else.
 *
 * Two policies that replay the same seeds are compared in pairs: what a seed does to both cancels out. Response
 * times are compared by their ratio, whose logarithm is the symmetric quantity (twice as slow and twice as fast
 * are equally far from 1).
 *
 * The bootstrap: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.
 */
import type { Random } from '../core/index.ts'
import { studentQuantile } from './student.ts'

const CONFIDENCE = 0.95

/** A mean with its confidence interval; `low` and `high` are NaN where one value leaves the spread unknown. */
export interface MeanInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** A ratio with its confidence interval; `low` and `high` are NaN where one pair leaves the spread unknown. */
export interface RatioInterval {
  readonly ratio: number
  readonly low: number
  readonly high: number
}

/**
 * Student-t interval of the mean of independent values.
 *
 * @param values at least one; with just one the interval is unknown: NaN
 * @param confidence between 0 and 1
 * @throws RangeError if there are no values
 */
export function meanInterval(values: readonly number[], confidence = CONFIDENCE): MeanInterval {
  if (values.length === 0) throw new RangeError('mean interval: expected at least one value')
  const mean = meanOf(values)
  if (values.length === 1) return { mean, low: Number.NaN, high: Number.NaN }
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  const standardError = Math.sqrt(squares / (values.length - 1) / values.length)
  const margin = standardError * studentQuantile((1 + confidence) / 2, values.length - 1)
  return { mean, low: mean - margin, high: mean + margin }
}

/**
 * Mean of a[i] - b[i], with its interval.
 *
 * @throws RangeError if the lengths differ or are 0
 */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  confidence = CONFIDENCE,
): MeanInterval {
  requirePairs(a, b)
  return meanInterval(
    a.map((value, i) => value - b[i]!),
    confidence,
  )
}

/**
 * Geometric mean of a[i] / b[i], with its interval: below 1 where `a` is the smaller.
 *
 * @param a above 0, paired with `b` by index
 * @throws RangeError if the lengths differ or are 0, or if a value is not above 0
 */
export function pairedLogRatio(
  a: readonly number[],
  b: readonly number[],
  confidence = CONFIDENCE,
): RatioInterval {
  requirePairs(a, b)
  const logs = a.map((value, i) => {
    if (!(value > 0 && b[i]! > 0)) {
      throw new RangeError(`paired log ratio: pair ${i} is ${value} and ${b[i]}: both must be above 0`)
    }
    return Math.log(value / b[i]!)
  })
  const { mean, low, high } = meanInterval(logs, confidence)
  return { ratio: Math.exp(mean), low: Math.exp(low), high: Math.exp(high) }
}

/**
 * Percentile bootstrap interval of any statistic.
 *
 * @param values at least one; with just one the interval is unknown: NaN
 * @param statistic must not depend on the order of its input, and must not keep or change it
 * @throws RangeError if there are no values
 */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (sample: readonly number[]) => number,
  random: Random,
  { resamples = 2000, confidence = CONFIDENCE } = {},
): { readonly estimate: number; readonly low: number; readonly high: number } {
  if (values.length === 0) throw new RangeError('bootstrap interval: expected at least one value')
  const estimate = statistic(values)
  if (values.length === 1) return { estimate, low: Number.NaN, high: Number.NaN }
  const sample = new Array<number>(values.length)
  const estimates = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < sample.length; i++) sample[i] = values[Math.floor(random() * values.length)]!
    estimates[r] = statistic(sample)
  }
  estimates.sort()
  const tail = (1 - confidence) / 2
  return { estimate, low: sortedQuantile(estimates, tail), high: sortedQuantile(estimates, 1 - tail) }
}

/** Quantile with linear interpolation between neighbours (type 7 of Hyndman & Fan, 1996). */
export function sortedQuantile(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!)
}

function meanOf(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

function requirePairs(a: readonly number[], b: readonly number[]): void {
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(
      `paired values: expected two lists of one length above 0, got ${a.length} and ${b.length}`,
    )
  }
}
