/**
 * Which strategy to go by: the port between a policy on the level of strategies and what weighs them, be it a rule or
 * a learned model.
 */
import type { Observation, PolicyOutcome } from '../policy.ts'

export interface StrategyChooser {
  /** Changes when the rule changes. */
  readonly version: string
  /** How many times it left the choice to a simpler rule, because what its own goes by was not known. */
  readonly fallbacks?: number | undefined
  /** @param propensities shape [strategies], overwritten: with which probability to go by each; sums to 1 */
  weigh(observation: Observation, propensities: Float64Array): void
  /** What became of a request that was routed by `strategy`. */
  onOutcome?(strategy: number, outcome: PolicyOutcome): void
  /** `strategy` was drawn, and refused the request. */
  onShed?(strategy: number): void
}

/** All alike. */
export class UniformStrategies implements StrategyChooser {
  readonly version = '1'

  weigh(_observation: Observation, propensities: Float64Array): void {
    propensities.fill(1 / propensities.length)
  }
}

/** Always the same one. */
export class OneStrategy implements StrategyChooser {
  readonly version = '1'
  readonly #strategy: number

  constructor(strategy: number) {
    this.#strategy = strategy
  }

  weigh(_observation: Observation, propensities: Float64Array): void {
    propensities.fill(0)
    propensities[this.#strategy] = 1
  }
}
