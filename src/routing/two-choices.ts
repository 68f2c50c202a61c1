/**
 * The power of two choices: draw two different eligible instances, keep the one with the lower load
 * (Mitzenmacher 2001; Finagle's P2CPick). Which number counts as load is the caller's.
 */
import type { Random } from '../core/index.ts'
import { countEligible, nthEligible } from './eligible.ts'
import { IndexBuffer } from './score-buffer.ts'

const orders = new IndexBuffer()

/**
 * @param loads shape [count]
 * @param eligible shape [count]; at least one is 1
 * @param propensities shape [count], overwritten. With n eligible instances, i is kept with probability
 *   (2 #{j: load j > load i} + #{j != i: load j = load i}) / (n (n - 1)), since a tie keeps the first draw.
 */
export function chooseOfTwo(
  loads: Float64Array,
  eligible: Uint8Array,
  count: number,
  random: Random,
  propensities: Float64Array,
): number {
  const candidates = countEligible(eligible, count)
  if (candidates === 1) {
    const only = nthEligible(eligible, 0)
    propensities.fill(0, 0, count)
    propensities[only] = 1
    return only
  }
  fillPropensities(loads, eligible, count, candidates, propensities)
  const firstRank = Math.floor(random() * candidates)
  let secondRank = Math.floor(random() * (candidates - 1))
  if (secondRank >= firstRank) secondRank++
  const first = nthEligible(eligible, firstRank)
  const second = nthEligible(eligible, secondRank)
  return loads[second]! < loads[first]! ? second : first
}

/** By sorting the loads: those behind an instance are higher, those of its group are equal. */
function fillPropensities(
  loads: Float64Array,
  eligible: Uint8Array,
  count: number,
  candidates: number,
  propensities: Float64Array,
): void {
  const order = orders.of(count)
  let sorted = 0
  for (let i = 0; i < count; i++) {
    propensities[i] = 0
    if (eligible[i] === 0) continue
    const load = loads[i]!
    let at = sorted++
    for (; at > 0 && loads[order[at - 1]!]! > load; at--) order[at] = order[at - 1]!
    order[at] = i
  }
  const pairs = candidates * (candidates - 1)
  for (let first = 0; first < sorted; ) {
    const load = loads[order[first]!]!
    let end = first + 1
    while (end < sorted && loads[order[end]!] === load) end++
    const propensity = (2 * (sorted - end) + (end - first - 1)) / pairs
    while (first < end) propensities[order[first++]!] = propensity
  }
}
