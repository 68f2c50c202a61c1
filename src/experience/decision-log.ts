/** What a world tells about its decisions, and to whom. */
import type { FailureKind } from '../core/index.ts'
import type { Observation, Policy } from '../routing/index.ts'

/** Takes finished lines; copies what it keeps. */
export interface LineSink {
  writeLine(bytes: Uint8Array, length: number): void
}

/** Who caused a call. */
export interface CallOrigin {
  /** 32 hex digits. */
  readonly trace: string
  /** 0 for a client's own request. */
  readonly hop: number
  /** 0 for the client's first attempt, 1 for its first retry or hedge, and so on. */
  readonly attempt: number
  /** Index into the run's phases and profiles, or -1 if the client did not say. */
  readonly phase: number
  readonly profile: number
  /** The session is of another segment of the run: simulated here, told there. */
  readonly foreign?: boolean
}

/** Whose decision it is, and what more it says of the one that it made last. */
export type Decider = Pick<Policy, 'id' | 'version' | 'strategy' | 'shadow'>

export interface Outcome {
  readonly status: number
  readonly latencyMs: number
  /** NaN if the replica did not tell. */
  readonly queueMs: number
  readonly workMs: number
  readonly failure: FailureKind | null
  readonly failed: boolean
}

/** Where a world tells what was decided and what came of it. A token names a decision until its outcome is told. */
export interface DecisionLog<Token = unknown> {
  /**
   * A decision was made for service number `service`: instance `action` of what `observation` shows. A request that
   * was shed is none.
   *
   * @param action -1 if somebody else decided and it is not known what: see `ExperienceLog.resolveAction`
   * @param propensities of the instances; undefined if they are not known
   * @param decider what decided, asked before its next decision; undefined if that is not known
   * @param retryOf number of the decision that the balancer itself repeats by this one, for the same call; a client's
   *   own attempts are told by `origin`
   */
  onDecision(
    service: number,
    observation: Observation,
    action: number,
    propensities: Float64Array | undefined,
    route: number,
    origin: CallOrigin,
    decider: Decider | undefined,
    retryOf?: number,
  ): Token
  /** The number of a decision, for `retryOf`. To be asked before its outcome is told. */
  decisionOf(token: Token): number
  onOutcome(token: Token, outcome: Outcome, nowMs: number): void
  /**
   * The run is over: the newest decision of every service gets the present state as its `next`, and whatever has
   * no answer yet is written without one, all marked as truncated.
   *
   * @param observe refreshes and returns the observation of a service
   */
  close(nowMs: number, observe: (service: number) => Observation): void
}
