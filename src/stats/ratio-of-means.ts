/**
 * The ratio of two means of paired values, with its interval by Fieller's theorem (The biological standardization of
 * insulin, JRSS Supplement 7, 1940): all ratios r for which the mean of a[i] - r b[i] may be 0.
 *
 * For what may be 0 in some of the pairs (error rates, gaps), where logarithms of ratios do not exist.
 */

import type { RatioInterval } from './intervals.ts'
import { studentQuantile } from './student.ts'

const UNKNOWN = { low: Number.NaN, high: Number.NaN }

/**
 * mean(a) / mean(b), with its interval.
 *
 * @param a paired with `b` by index
 * @returns `ratio` is NaN if the mean of `b` is 0; `low` and `high` are NaN with one pair, and where the mean of `b` may
 *   as well be 0, so that the ratio may be anything
 * @throws RangeError if the lengths differ or are 0
 */
export function ratioOfMeans(a: readonly number[], b: readonly number[], confidence = 0.95): RatioInterval {
  const count = a.length
  if (count === 0 || count !== b.length) {
    throw new RangeError(
      `ratio of means: expected two lists of one length above 0, got ${count} and ${b.length}`,
    )
  }
  const [meanA, meanB] = [meanOf(a), meanOf(b)]
  const ratio = meanB === 0 ? Number.NaN : meanA / meanB
  if (count === 1 || !Number.isFinite(ratio)) return { ratio, ...UNKNOWN }
  // Squared t times the squared standard errors, and their covariance.
  const scale = studentQuantile((1 + confidence) / 2, count - 1) ** 2 / (count - 1) / count
  const varianceA = scale * products(a, meanA, a, meanA)
  const varianceB = scale * products(b, meanB, b, meanB)
  const covariance = scale * products(a, meanA, b, meanB)
  const square = meanB * meanB - varianceB
  if (square <= 0) return { ratio, ...UNKNOWN }
  const middle = meanA * meanB - covariance
  const spread = Math.sqrt(Math.max(0, middle * middle - square * (meanA * meanA - varianceA)))
  return { ratio, low: (middle - spread) / square, high: (middle + spread) / square }
}

/** Sum of the products of what two lists are off their means. */
function products(a: readonly number[], meanA: number, b: readonly number[], meanB: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB)
  return sum
}

function meanOf(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
