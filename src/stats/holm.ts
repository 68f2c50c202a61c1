/**
 * Holm's correction for several tests at once (A simple sequentially rejective multiple test procedure, Scandinavian
 * Journal of Statistics 6, 1979): whoever compares twenty policies finds one "significant" by luck. The chance that any
 * of the differences called significant is none stays below the level, however the tests depend on each other.
 */

/**
 * Adjusted p-values: a test is significant at a level if its adjusted value is below it.
 *
 * adjusted of the i-th smallest of m = max over j <= i of min(1, (m - j + 1) p_j)
 *
 * @param pValues from 0 to 1; NaN where there was no test, which then counts for nothing and stays NaN
 * @throws RangeError for a number that is no probability
 */
export function holm(pValues: readonly number[]): number[] {
  const tests = pValues.map((p, index) => ({ p, index })).filter(({ p }) => !Number.isNaN(p))
  for (const { p } of tests) {
    if (p < 0 || p > 1) throw new RangeError(`Holm: a p-value is from 0 to 1, got ${p}`)
  }
  tests.sort((a, b) => a.p - b.p)
  const adjusted = pValues.map(() => Number.NaN)
  let most = 0
  for (const [rank, { p, index }] of tests.entries()) {
    most = Math.max(most, Math.min(1, (tests.length - rank) * p))
    adjusted[index] = most
  }
  return adjusted
}
