/**
 * The experience record: one JSON line per routing decision, and the `dataset.json` beside it.
 *
 * The writer does not build these objects (see `record-encoder.ts`); they are what a reader gets. Missing data is
 * `null`, never a value that looks perfect. Feature names stand once, in `dataset.json`.
 */
import type { FailureKind, RewardPart, RewardSettings, World } from '../core/index.ts'

export const RECORD_VERSION = 1

/**
 * What the one who observed could see: context features, and one row per instance that there was then, null for one of
 * which nothing is known. Instances that were added later have no row yet.
 */
export interface RecordedState {
  /** Shape [context features]. */
  readonly context: readonly (number | null)[]
  /** Shape [instances at the time][instance features], in the order of `dataset.json`. */
  readonly instances: readonly (readonly (number | null)[] | null)[]
}

export interface RecordedInstance {
  readonly index: number
  readonly instance: string
}

export interface RecordedAction extends RecordedInstance {
  /** Which strategy named the instance, where the policy chooses among strategies. */
  readonly strategy?: { readonly index: number; readonly name: string }
}

export interface RecordedPolicy {
  readonly id: string
  readonly version: string
}

/** What a policy that was not obeyed would have done. */
export interface RecordedShadow {
  readonly policy: RecordedPolicy
  /** Null if it would have shed the request. */
  readonly action: RecordedInstance | null
  readonly propensity: readonly number[]
}

/** A part is null where it is not known. */
export type RecordedRewards = Readonly<Record<RewardPart, number | null>>

export interface RecordedOutcome {
  /** HTTP status, 0 if no reply came. */
  readonly status: number
  /** From the decision to the end of the reply; null where whoever recorded did not say (imported data). */
  readonly latencyMs: number | null
  /** Waiting at the replica, and being worked on; null if the replica did not tell. */
  readonly queueMs: number | null
  readonly workMs: number | null
  readonly failure: FailureKind | null
  /** Decision id of the attempt that this one repeats. */
  readonly retryOf: number | null
}

export interface ExperienceRecord {
  readonly v: number
  readonly run: string
  /** Unique within the run, counting from 0 in the order of decisions. */
  readonly decision: number
  /** 32 hex digits, the `X-Trace-Id` of the client's request that caused this call. */
  readonly trace: string
  /** 0: a client's own request; 1: a call made by a service to answer it; and so on. */
  readonly hop: number
  /** Milliseconds since the start of the run. */
  readonly t: number
  readonly phase: string | null
  readonly profile: string | null
  readonly service: string
  /** Route class: the name of the endpoint, e.g. `inventory.product`. */
  readonly route: string
  readonly state: RecordedState
  /** Null if another balancer decided, and its answer did not tell what. */
  readonly action: RecordedAction | null
  /** Probability with which the policy would choose each instance in this state; sums to 1. Null if not known. */
  readonly propensity: readonly number[] | null
  /** Of every strategy, in the order of `dataset.json`; there where `action.strategy` is. */
  readonly strategyPropensity?: readonly number[]
  /** There if the propensities are no more than shares that were observed from outside. */
  readonly propensityEstimated?: true
  /** Null if another balancer decided. */
  readonly policy: RecordedPolicy | null
  readonly shadow?: RecordedShadow
  readonly outcome: RecordedOutcome | null
  readonly rewards: RecordedRewards | null
  /** Weighted sum of the known parts, weights in `dataset.json`. */
  readonly reward: number | null
  /** State at the next decision for the same service (or at the end of the run), `dtMs` later. */
  readonly next: (RecordedState & { readonly dtMs: number }) | null
  /** The process ended here: nothing follows. */
  readonly done: boolean
  /** The run was cut here: something would have followed. */
  readonly truncated: boolean
}

/** `dataset.json`: what a reader of the JSONL must know, once. */
export interface DatasetDescription {
  readonly version: number
  readonly run: string
  readonly scenario: { readonly name: string; readonly hash: string }
  readonly world: World
  /** Who wrote the records: the balancer that decided, or a client of a balancer that is not ours. */
  readonly observedBy?: 'balancer' | 'client'
  /** In records of a client: where each feature of an instance comes from; null if it could not be observed. */
  readonly instanceFeaturesFrom?: Readonly<Record<string, 'client' | 'prometheus' | 'admin' | null>>
  readonly seed: number
  readonly contextFeatures: readonly string[]
  readonly instanceFeatures: readonly string[]
  /** Names of the strategies, in the order of `strategyPropensity`. */
  readonly strategies?: readonly string[]
  /** Instance ids per service, in the order of the rows; those that were added in mid-run behind the others. */
  readonly services: Readonly<Record<string, readonly string[]>>
  readonly routes: readonly string[]
  readonly reward: RewardSettings
  /** Of a run that was made from others: by which command of `loadgen dataset`, and from which runs. */
  readonly made?: {
    readonly by: string
    readonly from: readonly string[]
    /** The rewards are somebody else's, and not the sum of the parts on record. */
    readonly foreignRewards?: true
  }
}
