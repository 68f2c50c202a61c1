/**
 * Paired replays made into a comparison: ratios to the best baseline with intervals, and an honest verdict. What is
 * compared is the penalized latency, so that failing fast wins nothing.
 */
import { pairedLogRatio } from '../stats/index.ts'
import type { ReplayResult } from './replay.ts'
import type { ComparisonRow, ComparisonSummary } from './run-summary.ts'

/**
 * @param results every policy with every seed
 * @param learned the policy under trial; all others are baselines
 */
export function compare(results: readonly ReplayResult[], learned: string): ComparisonSummary {
  const byPolicy = new Map<string, ReplayResult[]>()
  for (const result of results) byPolicy.set(result.policy, [...(byPolicy.get(result.policy) ?? []), result])
  const reference = [...byPolicy.keys()]
    .filter((policy) => policy !== learned)
    .reduce((best, policy) =>
      penalized(byPolicy.get(policy)!) < penalized(byPolicy.get(best)!) ? policy : best,
    )
  const referenceLatency = byPolicy.get(reference)!.map((result) => result.penalizedLatencyMs)
  const rows = [...byPolicy].map(([policy, own]) => row(policy, own, referenceLatency))
  rows.sort((a, b) => a.penalizedLatencyMs - b.penalizedLatencyMs)
  return {
    seeds: byPolicy.get(reference)!.map((result) => result.seed),
    reference,
    learned,
    rows,
    boundMs: bound([...byPolicy.values()]),
    verdict: verdict(rows.find((candidate) => candidate.policy === learned)!),
  }
}

function row(policy: string, results: readonly ReplayResult[], reference: readonly number[]): ComparisonRow {
  const own = results.map((result) => result.penalizedLatencyMs)
  const { ratio, low, high } = pairedLogRatio(own, reference)
  return {
    policy,
    penalizedLatencyMs: penalized(results),
    meanLatencyMs: mean(results, 'meanLatencyMs'),
    p95LatencyMs: mean(results, 'p95LatencyMs'),
    p99LatencyMs: mean(results, 'p99LatencyMs'),
    errorRate: mean(results, 'errorRate'),
    meanReward: mean(results, 'meanReward'),
    ratio,
    ratioLow: low,
    ratioHigh: high,
  }
}

function verdict({ ratioLow, ratioHigh }: ComparisonRow): ComparisonSummary['verdict'] {
  if (ratioHigh < 1) return 'better'
  if (ratioLow > 1) return 'worse'
  return 'no difference shown'
}

/**
 * A request that fails ends before its work is done, and its user goes on another way: a run with failures has less to
 * do, and no bound on one policy says anything of another. Even without, what users do differs a little by how long
 * they wait: hence the lowest of the policies.
 */
function bound(policies: readonly (readonly ReplayResult[])[]): number | null {
  if (policies.flat().some(({ errorRate }) => errorRate > 0)) return null
  return Math.min(...policies.map((results) => mean(results, 'boundMs')))
}

function penalized(results: readonly ReplayResult[]): number {
  return mean(results, 'penalizedLatencyMs')
}

function mean(results: readonly ReplayResult[], field: Exclude<keyof ReplayResult, 'policy'>): number {
  return results.reduce((sum, result) => sum + result[field], 0) / results.length
}
