/** The summary of a run: the shape of `summary.json`, and all that the reports show. */

import type { ComparisonSummary } from '../comparison/comparison.ts'
import type { OwnMetricSummary } from '../statistics/own-metrics.ts'
import type { CaptureSummary } from './capture-summary.ts'
import type { GeneratorSummary } from './generator-summary.ts'

export type { ComparisonRow, ComparisonSummary } from '../comparison/comparison.ts'
export type { OwnMetricSummary } from '../statistics/own-metrics.ts'
export type { DelaySummary, GeneratorSummary } from './generator-summary.ts'

export interface LatencySummary {
  readonly count: number
  readonly meanMs: number
  readonly minMs: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
}

/** So large a share of the requests took no longer than this: from the intended start, and from the send. */
export interface PercentilePoint {
  readonly share: number
  readonly latencyMs: number
  readonly serviceMs: number
}

export interface InstanceSummary {
  readonly instance: string
  readonly decisions: number
  /** Share of the service's decisions. */
  readonly share: number
  readonly errorRate: number
  readonly meanLatencyMs: number
}

export interface ServiceSummary {
  readonly service: string
  /** As the balancer saw it: one per routing decision. Of one that is not ours, those whose instance is known. */
  readonly decisions: number
  readonly errorRate: number
  readonly latency: LatencySummary
  /** Requests beyond the decisions that the balancer refused itself: no instance was eligible, or the policy shed them. */
  readonly sheds: number
  readonly instances: readonly InstanceSummary[]
}

export interface PhaseSummary {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly plannedUsers: number
  /** Time average of the users that were there. */
  readonly meanUsers: number
  /** Kind of its executor. */
  readonly executor: string
  /** Sessions that began, also per second. */
  readonly sessions: number
  readonly sessionsPerSecond: number
  /** Starts that the plan came to; null where users begin as many sessions as they get to. */
  readonly plannedSessions: number | null
  /** The same per second, of an open loop; else null. */
  readonly plannedPerSecond: number | null
  /** Planned starts that found no free user. */
  readonly droppedSessions: number
  readonly requests: number
  readonly requestsPerSecond: number
  readonly errorRate: number
  readonly latency: LatencySummary
  /** From the send, in live runs; null elsewhere. */
  readonly serviceTime: LatencySummary | null
}

export interface CheckSummary {
  readonly name: string
  readonly passes: number
  readonly fails: number
}

/** A kind of mistake that users made on purpose. */
export interface MistakeSummary {
  readonly mistake: string
  readonly made: number
  /** Answered with a 4xx, as it should be: no failure. */
  readonly refused: number
  /** Answered in any other way, or not at all: each is a failure of the server, and counted as one. */
  readonly otherwise: number
}

/** What the client's retries and hedges came to. */
export interface RetrySummary {
  readonly requests: number
  /** Times that they were sent; without retries and hedges once each. */
  readonly attempts: number
  /** Requests that were sent again after a failure, how often in all, and how many of them ended well. */
  readonly retried: number
  readonly retries: number
  readonly recovered: number
  /** Requests that were sent a second time because the answer was late. */
  readonly hedged: number
}

/** The requests of some stretch of the run, by when their users wanted them. */
export interface FaultWindowSummary {
  readonly requests: number
  /** NaN without requests, as is the latency. */
  readonly errorRate: number
  readonly p95Ms: number
}

/** One fault as it was drawn, and all requests of users while it was at work, whatever else was. */
export interface FaultSummary extends FaultWindowSummary {
  readonly kind: string
  /** The kind with the parameters that differ from their defaults, and the instances in few words. */
  readonly what: string
  readonly where: string
  readonly instances: readonly string[]
  readonly startMs: number
  readonly endMs: number
  /** When nothing is left of it: a crash has warmed up. Until then requests count as the fault's. */
  readonly effectEndMs: number
  readonly parameters: Readonly<Record<string, number>>
}

export interface ThresholdResult {
  readonly metric: string
  /** e.g. `< 500`. */
  readonly condition: string
  readonly value: number
  readonly passed: boolean
}

/** The threshold that ended a run, and what it was when it did. */
export interface AbortedBy extends Omit<ThresholdResult, 'passed'> {
  readonly atMs: number
}

/** The requests with one value of a tag that a script, a behaviour or a phase has given. */
export interface TagSummary {
  readonly tag: string
  readonly value: string
  readonly requests: number
  readonly errorRate: number
  readonly latency: LatencySummary
}

/** One point of the time series; a bucket covers `RunSummary.bucketMs`. */
export interface SeriesPoint {
  readonly tMs: number
  readonly users: number
  readonly requestsPerSecond: number
  readonly errorRate: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export interface TrainingSummary {
  readonly algorithm: string
  readonly model: string
  readonly transitions: number
  readonly epochs: number
  /** What is told of a model of its kind, by name. */
  readonly facts: Readonly<Record<string, number>>
  /** Per epoch, for the learning curve. */
  readonly curve: readonly { readonly epoch: number; readonly loss: number; readonly validation: number }[]
}

export interface RunSummary {
  readonly version: 1
  readonly runId: string
  readonly scenario: { readonly name: string; readonly hash: string; readonly source: string }
  readonly world: 'live' | 'virtual'
  /** URL of the balancer, or `embedded`. */
  readonly target: string
  /** `external` where another balancer decides. */
  readonly policy: string
  readonly seed: number
  readonly startedAt: string
  /** In the time of the world. */
  readonly durationMs: number
  readonly wallMs: number
  readonly interrupted: boolean
  /** Why the run was stopped before its end: its event budget, a deadlock, a threshold. The numbers are of the part until then. */
  readonly stopped: string | null
  /** Only of a run that is one share of another: which, from 0. */
  readonly segment?: { readonly index: number; readonly count: number }
  readonly sessions: {
    readonly started: number
    readonly completed: number
    /** Sessions that placed an order / sessions completed; NaN where there are no shoppers. */
    readonly conversionRate: number
  }
  readonly requests: number
  readonly requestsPerSecond: number
  readonly errorRate: number
  /** From the intended start, and from the send. */
  readonly latency: LatencySummary
  readonly serviceTime: LatencySummary
  /** Of both, from p0 up to the last one that has a request beyond it. */
  readonly percentiles: readonly PercentilePoint[]
  readonly byAction: readonly {
    readonly action: string
    readonly requests: number
    readonly errorRate: number
    readonly latency: LatencySummary
    /** From the send, in live runs; null elsewhere. */
    readonly serviceTime: LatencySummary | null
  }[]
  readonly services: readonly ServiceSummary[]
  readonly phases: readonly PhaseSummary[]
  /** Failure kind or status (`timeout`, `503`) to count. */
  readonly failures: Readonly<Record<string, number>>
  /** What they were in detail, where that is known: class, then code (`connect`: `ECONNREFUSED`), to count. */
  readonly failureDetails: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly mistakes: readonly MistakeSummary[]
  readonly retries: RetrySummary
  /** In the order of their starts. */
  readonly faults: readonly FaultSummary[]
  /** The requests of the times without any fault, to compare with; null where there were no faults. */
  readonly outsideFaults: FaultWindowSummary | null
  readonly checks: readonly CheckSummary[]
  readonly thresholds: readonly ThresholdResult[]
  /** The threshold with `abortOnFail` that ended the run, if one did; `stopped` then says so too. */
  readonly abortedBy: AbortedBy | null
  readonly tags: readonly TagSummary[]
  /** What scripts measured themselves. */
  readonly metrics: readonly OwnMetricSummary[]
  readonly experience: {
    readonly decisions: number
    readonly recorded: number
    readonly file: string | null
    readonly meanReward: number | null
    readonly meanRewards: Readonly<Record<string, number>> | null
  }
  /** Null where the balancer is ours, or nothing was captured. */
  readonly capture: CaptureSummary | null
  /** How well a live generator did, and whether its numbers can be trusted; null in the virtual world. */
  readonly generator: GeneratorSummary | null
  readonly bucketMs: number
  readonly series: readonly SeriesPoint[]
  readonly training: TrainingSummary | null
  readonly comparison: ComparisonSummary | null
  readonly warnings: readonly string[]
}
