/**
 * Measuring several things in turns: whatever else the machine does meanwhile slows all of them, so that their
 * ratios hold even where the numbers do not.
 */
const ROUNDS = 5

/** Median of each measure over five rounds, after one round that warms up. */
export async function mediansInTurns(
  measures: readonly (() => number | Promise<number>)[],
): Promise<number[]> {
  const results: number[][] = measures.map(() => [])
  for (let round = -1; round < ROUNDS; round++) {
    for (const [i, measure] of measures.entries()) {
      const result = await measure()
      if (round >= 0) results[i]!.push(result)
    }
  }
  return results.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]!)
}
