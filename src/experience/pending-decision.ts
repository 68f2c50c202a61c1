/** A decision between being made and being written. */
import type { RewardParts } from '../core/index.ts'
import type { CallOrigin, Outcome } from './decision-log.ts'
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
  action: number
  /** The first `count` count. */
  propensities: Float64Array
  count: number
  state: StateBytes | undefined
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

/** Recycled after it has been written, so that a decision costs no new objects. */
export function newPending(): PendingDecision {
  const rewards = { latency: 0, error: 0, throughput: 0, balance: 0, satisfaction: 0 }
  return {
    propensities: new Float64Array(4),
    rewards,
    dtMs: 0,
    throughputMs: 0,
    reward: 0,
  } as PendingDecision
}
