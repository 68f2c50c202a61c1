/** The summary of a run: the shape of `summary.json`, and all that the reports show. */

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
  /** As the balancer saw it: one per routing decision; absent with a balancer that is not ours. */
  readonly decisions: number
  readonly errorRate: number
  readonly latency: LatencySummary
  readonly instances: readonly InstanceSummary[]
}

export interface PhaseSummary {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly plannedUsers: number
  /** Time average of the users that were there. */
  readonly meanUsers: number
  readonly sessions: number
  readonly requests: number
  readonly requestsPerSecond: number
  readonly errorRate: number
  readonly latency: LatencySummary
}

export interface CheckSummary {
  readonly name: string
  readonly passes: number
  readonly fails: number
}

export interface ThresholdResult {
  readonly metric: string
  /** e.g. `< 500`. */
  readonly condition: string
  readonly value: number
  readonly passed: boolean
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
  readonly states: number
  readonly actions: number
  /** Per epoch, for the learning curve. */
  readonly curve: readonly { readonly epoch: number; readonly loss: number; readonly validation: number }[]
}

export interface ComparisonRow {
  readonly policy: string
  readonly meanLatencyMs: number
  readonly p95LatencyMs: number
  readonly p99LatencyMs: number
  readonly errorRate: number
  readonly meanReward: number
  /** Mean response time over that of the reference, paired by seed, with its 95 % interval. 1 for the reference. */
  readonly ratio: number
  readonly ratioLow: number
  readonly ratioHigh: number
}

/** Replays of held-out seeds in the virtual world. */
export interface ComparisonSummary {
  readonly seeds: readonly number[]
  /** The best of the baselines by mean response time: what the learned policy is measured against. */
  readonly reference: string
  readonly learned: string
  readonly rows: readonly ComparisonRow[]
  /** Mean response time if no request ever waited and each was served by the fastest replica. */
  readonly boundMs: number
  readonly verdict: 'better' | 'worse' | 'no difference shown'
}

export interface RunSummary {
  readonly version: 1
  readonly runId: string
  readonly scenario: { readonly name: string; readonly hash: string; readonly source: string }
  readonly world: 'live' | 'virtual'
  /** URL of the balancer, or `embedded`. */
  readonly target: string
  readonly policy: string
  readonly seed: number
  readonly startedAt: string
  /** In the time of the world. */
  readonly durationMs: number
  readonly wallMs: number
  readonly interrupted: boolean
  readonly sessions: {
    readonly started: number
    readonly completed: number
    /** Sessions that placed an order / sessions completed. */
    readonly conversionRate: number
  }
  readonly requests: number
  readonly requestsPerSecond: number
  readonly errorRate: number
  /** From the intended start, and from the send. */
  readonly latency: LatencySummary
  readonly serviceTime: LatencySummary
  readonly byAction: readonly {
    readonly action: string
    readonly requests: number
    readonly errorRate: number
    readonly latency: LatencySummary
  }[]
  readonly services: readonly ServiceSummary[]
  readonly phases: readonly PhaseSummary[]
  /** Failure kind or status (`timeout`, `503`) to count. */
  readonly failures: Readonly<Record<string, number>>
  readonly checks: readonly CheckSummary[]
  readonly thresholds: readonly ThresholdResult[]
  readonly experience: {
    readonly decisions: number
    readonly recorded: number
    readonly file: string | null
    readonly meanReward: number | null
    readonly meanRewards: Readonly<Record<string, number>> | null
  }
  readonly bucketMs: number
  readonly series: readonly SeriesPoint[]
  readonly training: TrainingSummary | null
  readonly comparison: ComparisonSummary | null
  readonly warnings: readonly string[]
}
