/**
 * Replaying a scenario in the virtual world, for a comparison: the same seed gives every policy the same users,
 * the same arrivals and the same job sizes (common random numbers), so that differences are the policies' own.
 */
import { WorldError } from '../core/index.ts'
import { type Scenario, scenarioDurationMs } from '../scenario/index.ts'
import type { HistogramJson } from '../stats/index.ts'
import { createExperienceLog, runVirtual } from '../worlds/index.ts'
import type { FaultyShare } from './faulty-traffic.ts'
import { resolvePolicy } from './policies.ts'
import { ReplayDecisions } from './replay-decisions.ts'
import { ReplayStatistics } from './replay-statistics.ts'

export interface ReplayTask {
  readonly scenario: Scenario
  readonly policy: string
  readonly seed: number
}

/** One run of one policy, in numbers. Plain JSON, but for NaN where a number is not known. */
export interface ReplayResult {
  readonly policy: string
  readonly seed: number
  readonly requests: number
  /** Mean over all requests, where a failure counts with at least the client's timeout: what policies are judged by. */
  readonly penalizedLatencyMs: number
  /** Of the requests that succeeded; NaN if none did. */
  readonly meanLatencyMs: number
  readonly p50LatencyMs: number
  readonly p95LatencyMs: number
  readonly p99LatencyMs: number
  readonly errorRate: number
  /** Successes per second of the scenario. */
  readonly goodputPerSecond: number
  /** Share of the requests that failed or took longer than the scenario promises. */
  readonly sloMissRate: number
  /** Jain's index of the requests per weight of each instance, 1 where all have the same. */
  readonly fairness: number
  readonly meanReward: number
  /**
   * No policy can have a lower mean latency over these very requests (`stats/trace-bound.ts`, by service). Where some
   * failed or were sent twice, only what they take without any waiting on the fastest replicas. NaN where nobody knows
   * the work: in the live world.
   */
  readonly boundMs: number
  /** Of the latencies of successes. */
  readonly distribution: HistogramJson
  /** What went to instances that faults befell, over time; null where no fault stands out. */
  readonly faultyShare: FaultyShare | null
}

/** @throws WorldError if the run is stopped before its end: half a run compares with nothing */
export async function replay({ scenario, policy, seed }: ReplayTask): Promise<ReplayResult> {
  const statistics = new ReplayStatistics(scenario)
  const decisions = new ReplayDecisions(scenario, seed)
  const world = await runVirtual({
    scenario,
    seed,
    policies: resolvePolicy(policy),
    observer: statistics,
    decisions,
    record: (routers) => createExperienceLog({ run: 'replay', scenario, routers }),
  })
  if (world.stopped !== undefined) {
    throw new WorldError(`"${policy}" with seed ${seed} was stopped: ${world.stopped}`)
  }
  const waitMs = statistics.repeated ? 0 : decisions.unavoidableWaitMs
  return {
    policy,
    seed,
    ...measured(statistics, scenario),
    fairness: decisions.fairness,
    meanReward: world.log!.rewards.means().reward,
    boundMs: statistics.boundMs + waitMs / statistics.requests,
    faultyShare: decisions.faultyShare ?? null,
  }
}

/** What clients met, in either world. */
export function measured(statistics: ReplayStatistics, scenario: Pick<Scenario, 'phases'>) {
  const { successes } = statistics
  return {
    requests: statistics.requests,
    penalizedLatencyMs: statistics.penalizedLatencyMs,
    meanLatencyMs: successes.mean,
    p50LatencyMs: successes.quantile(0.5),
    p95LatencyMs: successes.quantile(0.95),
    p99LatencyMs: successes.quantile(0.99),
    errorRate: statistics.errorRate,
    goodputPerSecond: (successes.count * 1000) / scenarioDurationMs(scenario),
    sloMissRate: statistics.sloMissRate,
    distribution: statistics.distribution.toJSON(),
  }
}
