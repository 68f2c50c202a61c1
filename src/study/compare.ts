/** Paired replays made into a comparison: ratios to the best baseline with intervals, and an honest verdict. */
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
      mean(byPolicy.get(policy)!, 'meanLatencyMs') < mean(byPolicy.get(best)!, 'meanLatencyMs')
        ? policy
        : best,
    )
  const referenceLatency = byPolicy.get(reference)!.map((result) => result.meanLatencyMs)
  const rows = [...byPolicy].map(([policy, own]) => row(policy, own, referenceLatency))
  rows.sort((a, b) => a.meanLatencyMs - b.meanLatencyMs)
  return {
    seeds: byPolicy.get(reference)!.map((result) => result.seed),
    reference,
    learned,
    rows,
    boundMs: mean(byPolicy.get(reference)!, 'boundMs'),
    verdict: verdict(rows.find((candidate) => candidate.policy === learned)!),
  }
}

function row(policy: string, results: readonly ReplayResult[], reference: readonly number[]): ComparisonRow {
  const own = results.map((result) => result.meanLatencyMs)
  const { ratio, low, high } = pairedLogRatio(own, reference)
  return {
    policy,
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

function mean(results: readonly ReplayResult[], field: Exclude<keyof ReplayResult, 'policy'>): number {
  return results.reduce((sum, result) => sum + result[field], 0) / results.length
}
