/** The contract of a routing policy, and of what it sees. */
import type { Random } from '../core/index.ts'

/**
 * The state of one service at one decision. One object per service is reused for all decisions: copy what you
 * want to keep.
 */
export interface Observation {
  readonly service: string
  nowMs: number
  /** Number of candidate instances. */
  count: number
  /** Shape [CONTEXT_WIDTH], see `features.ts`. */
  readonly context: Float64Array
  /** Shape [count x INSTANCE_WIDTH], row-major. */
  readonly instances: Float64Array
  /** Shape [count]: 1 if the instance may be chosen. At least one is 1. */
  readonly eligible: Uint8Array
}

/**
 * What became of a decision, told to the policy that made it. One object is reused for all answers: copy what you
 * want to keep.
 */
export interface PolicyOutcome {
  readonly instance: number
  readonly nowMs: number
  readonly latencyMs: number
  readonly failed: boolean
}

/**
 * A routing policy for one service. It reads no clock, draws only from the `random` it is handed, and does no I/O.
 */
export interface Policy {
  /** Canonical text, e.g. `epsilon-greedy(power-of-two-choices, epsilon=0.2)`. */
  readonly id: string
  /** Changes when the rule changes: of a built-in its rule version, of a model its hash. */
  readonly version: string
  /**
   * Chooses an instance.
   *
   * @param propensities shape [count], overwritten: the probability with which this policy, in its present inner
   *   state, chooses each instance. Ineligible instances get 0; the sum is 1.
   * @returns the index of the chosen instance, drawn from just that distribution
   */
  choose(observation: Observation, random: Random, propensities: Float64Array): number
  /** Learns from an answer. */
  onOutcome?(outcome: PolicyOutcome): void
}
