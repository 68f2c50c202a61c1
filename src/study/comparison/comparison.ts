/**
 * What a comparison is: every policy over the same seeds, each number with what is needed to believe it. `loadgen run`
 * has one of the learned router in its summary, `loadgen compare` writes one of any policies.
 */
import type { RewardSettings, World } from '../../core/index.ts'
import type { MeanInterval, RatioInterval } from '../../stats/index.ts'
import type { ReplayResult } from '../replay.ts'

/**
 * A model is trained. An oracle sees what no balancer can: it is no opponent, but the measure of what is left to be had.
 * Everything else is a heuristic.
 */
export type ComparedKind = 'heuristic' | 'model' | 'oracle'

export type ComparisonVerdict = 'better' | 'worse' | 'no difference shown'

/** Ratios to the reference, paired by seed; an interval that is not known is NaN. */
export interface ComparisonRatios {
  readonly mean: RatioInterval
  readonly p50: RatioInterval
  readonly p95: RatioInterval
  readonly p99: RatioInterval
  /** Of the mean error rates (Fieller), since there may be seeds without an error; NaN if the reference has none. */
  readonly errors: RatioInterval
}

export interface ComparisonRow {
  readonly policy: string
  readonly kind: ComparedKind
  /**
   * Mean over all requests, where one that failed counts with at least the client's timeout, since a quick error is no
   * quick answer. Policies are compared and judged by it; where nothing fails, it is the mean latency.
   */
  readonly penalizedLatencyMs: number
  /** This one and the quantiles are of the requests that succeeded; NaN if none did. */
  readonly meanLatencyMs: number
  readonly p50LatencyMs: number
  readonly p95LatencyMs: number
  readonly p99LatencyMs: number
  readonly errorRate: number
  readonly goodputPerSecond: number
  readonly sloMissRate: number
  readonly fairness: number
  readonly meanReward: number
  /** Penalized latency over that of the reference, paired by seed, with its 95 % interval. 1 for the reference. */
  readonly ratio: number
  readonly ratioLow: number
  readonly ratioHigh: number
  readonly ratios: ComparisonRatios
  /** Penalized latency over that of the oracle; null without one. */
  readonly toOracle: RatioInterval | null
  /** Mean latency over the bound on the very jobs of the policy's own runs; null where requests failed. */
  readonly toBound: RatioInterval | null
  /**
   * (T_reference - T) / (T_reference - T_oracle), by Fieller: 0 is the reference, 1 the oracle. Null where there is no
   * oracle, or where it is not shown to be better than the reference, so that there is no gap to close.
   */
  readonly gapClosed: MeanInterval | null
  /** Two-sided, of the paired t test of `ratio` being 1: as it is, and by Holm over the family of the comparison. */
  readonly pValue: number
  readonly adjustedPValue: number
  /** By the adjusted p-value, at 5 %; null for the reference, and for what is outside the family. */
  readonly verdict: ComparisonVerdict | null
}

/** Rows with what they are measured against. */
export interface ComparisonTable {
  readonly seeds: readonly number[]
  /** The opponent. Chosen as the best of the others on these very seeds, luck included, it is a fair one. */
  readonly reference: string
  /** The better of the oracles; null if there is none. */
  readonly oracle: string | null
  /** The policies over which p-values are corrected. */
  readonly family: readonly string[]
  /** The fastest first. */
  readonly rows: readonly ComparisonRow[]
  /** Proven lower bound of the mean latency: the lowest of all policies'. Null where a request failed in any replay. */
  readonly boundMs: number | null
}

/** Replays of held-out seeds in the virtual world, with a learned policy on trial. */
export interface ComparisonSummary extends Omit<ComparisonTable, 'family'> {
  readonly learned: string
  readonly verdict: ComparisonVerdict
}

/** What `comparison.json` holds. */
export interface Comparison extends ComparisonTable {
  readonly version: 1
  readonly scenario: { readonly name: string; readonly hash: string; readonly source: string }
  /** Of all of the scenario that a replay depends on. */
  readonly replayedHash: string
  readonly world: World
  readonly reward: RewardSettings
  /** Version and fingerprint of the program that made the results. */
  readonly program: string
  /** Whether the reference was asked for, or is the best of the policies that are no models and no oracles. */
  readonly referenceBy: 'best' | 'named'
  /** Of `sloMissRate`. */
  readonly sloMs: number
  /** Of the virtual world, or of the blocks of the live one. */
  readonly results: readonly ReplayResult[]
}
