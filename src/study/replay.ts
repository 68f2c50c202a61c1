/**
 * Replaying a scenario in the virtual world, for a comparison: the same seed gives every policy the same users,
 * the same arrivals and the same job sizes (common random numbers), so that differences are the policies' own.
 */
import { WorldError } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'
import { createExperienceLog, DecisionStatistics, runVirtual } from '../worlds/index.ts'
import { resolvePolicy } from './policies.ts'
import { ReplayStatistics } from './replay-statistics.ts'

export interface ReplayTask {
  readonly scenario: Scenario
  readonly policy: string
  readonly seed: number
}

export interface ReplayResult {
  readonly policy: string
  readonly seed: number
  readonly requests: number
  /** Mean over all requests, where a failure counts with at least the client's timeout: what policies are judged by. */
  readonly penalizedLatencyMs: number
  /** Of the requests that succeeded; NaN if none did. */
  readonly meanLatencyMs: number
  readonly p95LatencyMs: number
  readonly p99LatencyMs: number
  readonly errorRate: number
  readonly meanReward: number
  /** Mean latency if no request ever waited and each was served by the fastest replica. */
  readonly boundMs: number
}

/** @throws WorldError if the run is stopped before its end: half a run compares with nothing */
export async function replay({ scenario, policy, seed }: ReplayTask): Promise<ReplayResult> {
  const statistics = new ReplayStatistics(scenario)
  const world = await runVirtual({
    scenario,
    seed,
    policies: resolvePolicy(policy),
    observer: statistics,
    decisions: new DecisionStatistics(),
    record: (routers) => createExperienceLog({ run: 'replay', scenario, routers }),
  })
  if (world.stopped !== undefined) {
    throw new WorldError(`"${policy}" with seed ${seed} was stopped: ${world.stopped}`)
  }
  const { successes } = statistics
  return {
    policy,
    seed,
    requests: statistics.requests,
    penalizedLatencyMs: statistics.penalizedLatencyMs,
    meanLatencyMs: successes.mean,
    p95LatencyMs: successes.quantile(0.95),
    p99LatencyMs: successes.quantile(0.99),
    errorRate: statistics.errorRate,
    meanReward: world.log!.rewards.means().reward,
    boundMs: statistics.boundMs,
  }
}
