/** Student's t test of paired values: how surprising is what one sees if there is no difference at all? */
import { studentTails } from './student.ts'

/**
 * Two-sided p-value of the mean difference of logarithms being 0: the test that belongs to `pairedLogRatio`, whose
 * 95 % interval leaves 1 out exactly where this is below 0.05.
 *
 * @param a above 0, paired with `b` by index
 * @returns NaN with one pair; 1 where all pairs are equal, and 0 where all differ by the very same factor
 * @throws RangeError if the lengths differ or are 0
 */
export function pairedLogTest(a: readonly number[], b: readonly number[]): number {
  const count = a.length
  if (count === 0 || count !== b.length) {
    throw new RangeError(
      `paired test: expected two lists of one length above 0, got ${count} and ${b.length}`,
    )
  }
  const logs = a.map((value, i) => Math.log(value / b[i]!))
  const mean = logs.reduce((sum, log) => sum + log, 0) / count
  if (count === 1 || Number.isNaN(mean)) return Number.NaN
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0)
  if (mean === 0) return 1
  return studentTails(mean / Math.sqrt(squares / (count - 1) / count), count - 1)
}
