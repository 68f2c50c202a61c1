/**
 * The power of d choices: draw some of the eligible instances, keep the one with the lowest load (Mitzenmacher 2001;
 * Finagle's P2CPick draws two, Envoy's LEAST_REQUEST `choice_count` with replacement). Which number counts as load is
 * the caller's.
 *
 * Every instance of one load is as likely as the others, so with n eligible ones, of which h have a higher load than
 * instance i and e the same (itself included), i is kept with probability
 *
 *     (ways(h + e) - ways(h)) / (e ways(n))
 *
 * where ways(m) counts the ordered draws from m: m (m - 1) .. (m - d + 1) if they are distinct, m^d if not.
 */
import type { Random } from '../../core/index.ts'
import { countEligible, nthEligible } from './eligible.ts'

export class LowestOfDraws {
  readonly #draws: number
  readonly #distinct: boolean
  /** Ranks drawn so far for one choice, ascending. */
  readonly #ranks: Int32Array
  /**
   * All instances by load. It starts from the order of the choice before, in which little has changed: sorting by
   * insertion is then nearly linear, however many instances there are.
   */
  #order = new Int32Array(0)

  /** @param draws per choice; fewer where that many different ones are not there */
  constructor(draws: number, distinct = true) {
    this.#draws = draws
    this.#distinct = distinct
    this.#ranks = new Int32Array(draws)
  }

  /**
   * A tie keeps the first draw.
   *
   * @param loads shape [count]; no NaN
   * @param eligible shape [count]; at least one is 1
   * @param propensities shape [count], overwritten
   */
  choose(
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
    const draws = this.#distinct ? Math.min(this.#draws, candidates) : this.#draws
    this.#sort(loads, count)
    this.#fill(loads, eligible, candidates, draws, propensities)
    let best = -1
    for (let k = 0; k < draws; k++) {
      const rank = this.#distinct ? this.#distinctRank(k, candidates, random) : below(candidates, random)
      const drawn = candidates === count ? rank : nthEligible(eligible, rank)
      if (best === -1 || loads[drawn]! < loads[best]!) best = drawn
    }
    return best
  }

  /** A rank that was not drawn yet: one of those that are left, counted past the `drawn` ones. */
  #distinctRank(drawn: number, candidates: number, random: Random): number {
    const ranks = this.#ranks
    let rank = below(candidates - drawn, random)
    let at = 0
    for (; at < drawn && ranks[at]! <= rank; at++) rank++
    ranks.copyWithin(at + 1, at, drawn)
    ranks[at] = rank
    return rank
  }

  #sort(loads: Float64Array, count: number): void {
    if (this.#order.length !== count) this.#order = Int32Array.from({ length: count }, (_, i) => i)
    const order = this.#order
    for (let k = 1; k < count; k++) {
      const instance = order[k]!
      const load = loads[instance]!
      let at = k
      for (; at > 0 && loads[order[at - 1]!]! > load; at--) order[at] = order[at - 1]!
      order[at] = instance
    }
  }

  /** From the highest load down, one load at a time. */
  #fill(
    loads: Float64Array,
    eligible: Uint8Array,
    candidates: number,
    draws: number,
    propensities: Float64Array,
  ): void {
    const order = this.#order
    const all = this.#ways(candidates, draws)
    let higher = 0
    let waysOfHigher = 0
    for (let last = order.length - 1; last >= 0; ) {
      const load = loads[order[last]!]!
      let equal = 0
      let before = last
      do equal += eligible[order[before--]!]!
      while (before >= 0 && loads[order[before]!] === load)
      const ways = this.#ways(higher + equal, draws)
      const propensity = equal === 0 ? 0 : (ways - waysOfHigher) / (equal * all)
      for (; last > before; last--) {
        const instance = order[last]!
        propensities[instance] = eligible[instance]! * propensity
      }
      higher += equal
      waysOfHigher = ways
    }
  }

  #ways(candidates: number, draws: number): number {
    if (draws === 2) return candidates * (this.#distinct ? candidates - 1 : candidates)
    let ways = candidates
    for (let k = 1; k < draws; k++) ways *= this.#distinct ? Math.max(0, candidates - k) : candidates
    return ways
  }
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit)
}
