/** Results of replays as tests make them up: of a policy with these mean latencies, one per seed, where nothing fails. */
import { Histogram } from '../../src/stats/index.ts'
import type { ReplayResult } from '../../src/study/index.ts'

export function replayResults(policy: string, ...latencies: number[]): ReplayResult[] {
  return latencies.map((meanLatencyMs, i) => {
    const distribution = new Histogram(5)
    for (let n = 1; n <= 20; n++) distribution.record((meanLatencyMs * n) / 10)
    return {
      policy,
      seed: 100 + i,
      requests: 1000,
      penalizedLatencyMs: meanLatencyMs,
      meanLatencyMs,
      p50LatencyMs: meanLatencyMs / 2,
      p95LatencyMs: 3 * meanLatencyMs,
      p99LatencyMs: 5 * meanLatencyMs,
      errorRate: 0,
      goodputPerSecond: 50,
      sloMissRate: meanLatencyMs / 1000,
      fairness: 0.9,
      meanReward: -meanLatencyMs,
      boundMs: 10 + i,
      distribution: distribution.toJSON(),
      faultyShare: null,
    }
  })
}

/** The same, where so many of the requests fail at once, with a client that would have waited for so long. */
export function failing(
  results: readonly ReplayResult[],
  errorRate: number,
  timeoutMs: number,
): ReplayResult[] {
  return results.map((result) => ({
    ...result,
    errorRate,
    penalizedLatencyMs: (1 - errorRate) * result.meanLatencyMs + errorRate * timeoutMs,
  }))
}
