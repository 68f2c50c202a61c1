/** A decision between being made and being written. */
import type { RewardParts } from '../core/index.ts'
import type { CallOrigin, Decider, Outcome } from './decision-log.ts'
import type { StateBytes } from './encode-state.ts'

/**
 * A decision on its way to becoming a record. Its fields belong to this folder; callers hand it back once, with the
 * outcome, and forget it.
 */
export interface PendingDecision {
  decision: number
  service: number
  atMs: number
  origin: CallOrigin
  route: number
  retryOf: number | null
  /** Undefined if it is not known who decided. */
  decider: Decider | undefined
  /** -1 if it is not known. */
  action: number
  /** Instances that there were. */
  count: number
  /** Whether somebody told the propensities, and whether these are but an estimate. */
  propensityKnown: boolean
  propensityEstimated: boolean
  /** The first `count` count. */
  propensities: Float64Array
  /** -1 if there is none. */
  strategy: number
  strategyPropensities: Float64Array
  /** What the shadow of the policy would have done, if it has one. */
  shadowAction: number
  shadowPropensities: Float64Array
  state: StateBytes | undefined
  /** NaN if it is not known how loaded the instances were. */
  balance: number
  /** The service's in-system integral when the decision was made. */
  areaAtMs: number
  next: StateBytes | undefined
  dtMs: number
  throughputMs: number
  outcome: Outcome | undefined
  readonly rewards: { -readonly [part in keyof RewardParts]: number }
  reward: number
  truncated: boolean
  /** Where it stands in the list of those not written yet. */
  place: number
}

const NONE = new Float64Array(0)

/** Recycled after it has been written, so that a decision costs no new objects. */
export function newPending(): PendingDecision {
  const rewards = { latency: 0, error: 0, throughput: 0, balance: 0, satisfaction: 0 }
  return {
    propensities: new Float64Array(4),
    strategyPropensities: NONE,
    shadowPropensities: NONE,
    rewards,
    dtMs: 0,
    throughputMs: 0,
    reward: 0,
  } as PendingDecision
}

/** Notes the propensities of a decision, if they are known. */
export function notePropensities(pending: PendingDecision, propensities: Float64Array | undefined): void {
  pending.propensityKnown = propensities !== undefined
  if (propensities === undefined) return
  pending.propensities = copyOf(propensities, pending.count, pending.propensities)
}

/** Notes what the policy says of its decision beyond the instance. */
export function noteDecider(pending: PendingDecision, decider: Decider | undefined): void {
  pending.decider = decider
  pending.strategy = -1
  if (decider === undefined) return
  const { strategy, shadow } = decider
  if (strategy !== undefined) {
    pending.strategy = strategy.index
    pending.strategyPropensities = copyOf(
      strategy.propensities,
      strategy.names.length,
      pending.strategyPropensities,
    )
  }
  if (shadow !== undefined) {
    pending.shadowAction = shadow.index
    pending.shadowPropensities = copyOf(shadow.propensities, pending.count, pending.shadowPropensities)
  }
}

/** The first `count` of `from`, in `to` if they fit there. */
function copyOf(from: Float64Array, count: number, to: Float64Array): Float64Array {
  const copy = to.length < count ? new Float64Array(count) : to
  for (let i = 0; i < count; i++) copy[i] = from[i]!
  return copy
}
