/**
 * Pearson's goodness of fit, for tests with fixed seeds: they fail for a wrong distribution, never by chance.
 */

/** Sum of (observed - expected)^2 / expected. A cell that expects nothing must have nothing. */
export function chiSquare(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < expected.length; i++) {
    const difference = observed[i]! - expected[i]!
    if (difference !== 0) sum += difference ** 2 / expected[i]!
  }
  return sum
}

/**
 * The value that chi-square with `freedom` degrees of freedom exceeds once in ten thousand times (approximation of
 * Wilson and Hilferty 1931).
 */
export function chiSquareLimit(freedom: number): number {
  const z = 3.719
  const spread = 2 / (9 * freedom)
  return freedom * (1 - spread + z * Math.sqrt(spread)) ** 3
}

/** Counts of numbers in [0, 1) over `cells` equal cells. */
export function histogramOf(numbers: Iterable<number>, cells: number): Float64Array {
  const counts = new Float64Array(cells)
  for (const number of numbers) counts[Math.floor(number * cells)]! += 1
  return counts
}
