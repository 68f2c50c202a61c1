/** Sums up what a policy would have done at logged decisions, one after the other: see `off-policy-value.ts`. */
import type { OffPolicyValue } from './off-policy-value.ts'

export class JudgedDecisions {
  #weights = 0
  #squaredWeights = 0
  #weightedReward = 0
  #weighed = 0
  #decisions = 0
  #agreement = 0
  #fallbacks = 0

  /**
   * @param probability with which the policy chooses what the logger chose
   * @param propensity with which the logger chose it; NaN if nobody knows
   * @param fellBack whether the policy could not go by what it had learned
   */
  add(probability: number, propensity: number, reward: number, fellBack: boolean): void {
    this.#decisions++
    this.#agreement += probability
    if (fellBack) this.#fallbacks++
    if (Number.isNaN(propensity)) return
    const weight = probability / propensity
    this.#weighed++
    this.#weights += weight
    this.#squaredWeights += weight * weight
    this.#weightedReward += weight * reward
  }

  /** In units of the rewards that were added, times `rewardScale`. */
  value(rewardScale = 1): OffPolicyValue {
    const weights = this.#weights
    return {
      value: weights > 0 ? (this.#weightedReward / weights) * rewardScale : null,
      effectiveSampleSize: weights > 0 ? weights ** 2 / this.#squaredWeights : 0,
      decisions: this.#weighed,
      agreementWithLogger: this.#agreement / this.#decisions,
      fallbackShare: this.#fallbacks / this.#decisions,
    }
  }
}

/** Probability with which a greedy choice among scores, lower is better, takes the one at `chosen`: ties share. */
export function greedyProbability(scores: Float64Array, count: number, chosen: number): number {
  const score = scores[chosen]!
  let ties = 0
  for (let c = 0; c < count; c++) {
    if (scores[c]! < score) return 0
    if (scores[c] === score) ties++
  }
  return 1 / ties
}
