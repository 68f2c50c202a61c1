/** The seeds that policies are judged by. */
import type { Scenario } from '../../scenario/index.ts'

/** Far from the one that made the data. */
const HELD_OUT = 1_000_000

/** So many held-out seeds of a scenario: the same for `loadgen run` and `loadgen compare`. */
export function judgingSeeds({ seed }: Pick<Scenario, 'seed'>, count: number): number[] {
  return Array.from({ length: count }, (_, i) => seed + HELD_OUT + i)
}
