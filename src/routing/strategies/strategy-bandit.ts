/**
 * Epsilon-greedy over strategies (Sutton and Barto, Reinforcement Learning, 2nd ed., sections 2.2 and 2.5): the one
 * with the lowest mean latency of the requests that it routed, random among equals; with probability epsilon any.
 *
 *     mean <- mean + step (x - mean),  step = max(1 / n, 0.01)
 *     x = latency;  of a failure at least `penaltyMs`, or the strategy that fails fastest would be the best;
 *     of a request that it sheds `penaltyMs`, or the one that takes only the easy ones would be
 *
 * The constant step forgets, since what is good changes with load and faults. A strategy without an answer counts as
 * the best, so that each is tried; it does not look at the state.
 */
import type { Observation, PolicyOutcome } from '../policy.ts'
import type { StrategyChooser } from './strategy-chooser.ts'

const LEAST_STEP = 0.01

export class StrategyBandit implements StrategyChooser {
  readonly version = '1'
  readonly #epsilon: number
  readonly #penaltyMs: number
  readonly #meanMs: Float64Array
  readonly #answers: Float64Array

  constructor(strategies: number, epsilon: number, penaltyMs: number) {
    this.#epsilon = epsilon
    this.#penaltyMs = penaltyMs
    this.#meanMs = new Float64Array(strategies).fill(Number.NEGATIVE_INFINITY)
    this.#answers = new Float64Array(strategies)
  }

  weigh(_observation: Observation, propensities: Float64Array): void {
    const count = this.#meanMs.length
    let lowestMs = Number.POSITIVE_INFINITY
    let ties = 0
    for (let s = 0; s < count; s++) {
      const meanMs = this.#meanMs[s]!
      if (meanMs < lowestMs) {
        lowestMs = meanMs
        ties = 1
      } else if (meanMs === lowestMs) ties++
    }
    const greedy = (1 - this.#epsilon) / ties
    for (let s = 0; s < count; s++) {
      propensities[s] = this.#epsilon / count + (this.#meanMs[s] === lowestMs ? greedy : 0)
    }
  }

  onOutcome(strategy: number, { latencyMs, failed }: PolicyOutcome): void {
    this.#add(strategy, failed ? Math.max(latencyMs, this.#penaltyMs) : latencyMs)
  }

  onShed(strategy: number): void {
    this.#add(strategy, this.#penaltyMs)
  }

  #add(strategy: number, costMs: number): void {
    const answers = (this.#answers[strategy]! += 1)
    if (answers === 1) this.#meanMs[strategy] = costMs
    else this.#meanMs[strategy]! += (costMs - this.#meanMs[strategy]!) * Math.max(1 / answers, LEAST_STEP)
  }
}
