/** Choosing the best of a list of scores, ties broken uniformly at random. */
import type { Random } from '../../core/index.ts'
import { IndexBuffer } from './score-buffer.ts'

const tied = new IndexBuffer()

/**
 * @param scores shape [count], lower is better; NaN, a score that is not known, is worse than any number, even Infinity
 * @param eligible shape [count]; at least one is 1
 * @param propensities shape [count], overwritten: 1 / (number of best) for each of the best, else 0
 * @param stride of the scores, where they are a column of rows
 * @param offset of the first score
 * @returns index of one of the best
 */
export function chooseLowest(
  scores: Float64Array,
  eligible: Uint8Array,
  count: number,
  random: Random,
  propensities: Float64Array,
  stride = 1,
  offset = 0,
): number {
  const best = tied.of(count)
  let lowest = Number.NaN
  let ties = 0
  for (let i = 0; i < count; i++) {
    propensities[i] = 0
    const score = scores[i * stride + offset]!
    if (eligible[i] === 0) continue
    const unknown = Number.isNaN(lowest)
    if (score < lowest || (unknown && !Number.isNaN(score))) {
      lowest = score
      ties = 0
    } else if (score !== lowest && !unknown) continue
    best[ties++] = i
  }
  const share = 1 / ties
  for (let k = 0; k < ties; k++) propensities[best[k]!] = share
  return best[ties === 1 ? 0 : Math.floor(random() * ties)]!
}
