/**
 * Measuring several things in turns: whatever else the machine does meanwhile slows all of them, so that their
 * ratios hold even where the numbers do not.
 */
const ROUNDS = 5

export interface Turns {
  readonly rounds?: number
  /** Whether a round goes before that does not count; processes of their own have nothing to warm up. */
  readonly warmUp?: boolean
}

/** Median of each measure. */
export async function mediansInTurns(
  measures: readonly (() => number | Promise<number>)[],
  { rounds = ROUNDS, warmUp = true }: Turns = {},
): Promise<number[]> {
  const results: number[][] = measures.map(() => [])
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (const [i, measure] of measures.entries()) {
      const result = await measure()
      if (round >= 0) results[i]!.push(result)
    }
  }
  return results.map((list) => list.sort((a, b) => a - b)[rounds >> 1]!)
}
