/** Choosing the best of a list of scores, ties broken uniformly at random. */
import type { Random } from '../core/index.ts'

/**
 * @param scores shape [count], lower is better
 * @param eligible shape [count]; at least one is 1
 * @param propensities shape [count], overwritten: 1 / (number of best) for each of the best, else 0
 * @returns index of one of the best
 */
export function chooseLowest(
  scores: Float64Array,
  eligible: Uint8Array,
  count: number,
  random: Random,
  propensities: Float64Array,
): number {
  let lowest = Number.POSITIVE_INFINITY
  let ties = 0
  for (let i = 0; i < count; i++) {
    if (eligible[i] === 0) continue
    const score = scores[i]!
    if (ties === 0 || score < lowest) {
      lowest = score
      ties = 1
    } else if (score === lowest) ties++
  }
  let rank = ties === 1 ? 0 : Math.floor(random() * ties)
  let chosen = -1
  for (let i = 0; i < count; i++) {
    const best = eligible[i] === 1 && scores[i] === lowest
    propensities[i] = best ? 1 / ties : 0
    if (best && rank-- === 0) chosen = i
  }
  return chosen
}
