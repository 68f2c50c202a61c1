/**
 * The experience record: one JSON line per routing decision, and the `dataset.json` beside it.
 *
 * The writer does not build these objects (see `record-encoder.ts`); they are what a reader gets. Missing data is
 * `null`, never a value that looks perfect. Feature names stand once, in `dataset.json`.
 */
import type { FailureKind, RewardParts, RewardSettings, World } from '../core/index.ts'

export const RECORD_VERSION = 1

/** What the balancer could see: context features, and one row per instance (null for an instance not there). */
export interface RecordedState {
  /** Shape [context features]. */
  readonly context: readonly (number | null)[]
  /** Shape [instances of the service][instance features], in the order of `dataset.json`. */
  readonly instances: readonly (readonly (number | null)[] | null)[]
}

export interface RecordedOutcome {
  /** HTTP status, 0 if no reply came. */
  readonly status: number
  /** From the decision to the end of the reply. */
  readonly latencyMs: number
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
  readonly action: { readonly index: number; readonly instance: string }
  /** Probability with which the policy would choose each instance in this state; sums to 1. */
  readonly propensity: readonly number[]
  readonly policy: { readonly id: string; readonly version: string }
  readonly outcome: RecordedOutcome | null
  readonly rewards: RewardParts | null
  /** Weighted sum of the parts, weights in `dataset.json`. */
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
  readonly seed: number
  readonly contextFeatures: readonly string[]
  readonly instanceFeatures: readonly string[]
  /** Instance ids per service, in the order of the rows. */
  readonly services: Readonly<Record<string, readonly string[]>>
  readonly routes: readonly string[]
  readonly reward: RewardSettings
}
