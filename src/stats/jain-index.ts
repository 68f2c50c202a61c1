/**
 * Jain's fairness index (Jain, Chiu & Hawe, A quantitative measure of fairness and discrimination, DEC TR-301, 1984):
 *
 *     (sum x)^2 / (n sum x^2)
 *
 * 1 where all have the same, 1/n where one has everything.
 *
 * @param shares what each has, 0 or above
 * @returns NaN where there is nobody, or nothing to share
 */
export function jainIndex(shares: readonly number[]): number {
  let sum = 0
  let squares = 0
  for (const share of shares) {
    sum += share
    squares += share * share
  }
  return (sum * sum) / (shares.length * squares)
}
