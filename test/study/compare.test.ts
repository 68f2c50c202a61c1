import { describe, expect, it } from 'vitest'
import { compare, type ReplayResult } from '../../src/study/index.ts'

/** One result per seed, of a policy with these mean latencies. */
function resultsOf(policy: string, ...latencies: number[]): ReplayResult[] {
  return latencies.map((meanLatencyMs, i) => ({
    policy,
    seed: 100 + i,
    requests: 1000,
    meanLatencyMs,
    p95LatencyMs: 3 * meanLatencyMs,
    p99LatencyMs: 5 * meanLatencyMs,
    errorRate: 0.01 * (i + 1),
    meanReward: -meanLatencyMs,
    boundMs: 10 + i,
  }))
}

const BASELINES = [...resultsOf('round-robin', 50, 60, 70), ...resultsOf('least-outstanding', 40, 50, 60)]

describe('compare', () => {
  it('measures against the best of the baselines', () => {
    const comparison = compare([...BASELINES, ...resultsOf('learned', 45, 55, 65)], 'learned')
    expect(comparison).toMatchObject({
      reference: 'least-outstanding',
      learned: 'learned',
      seeds: [100, 101, 102],
      boundMs: 11,
    })
  })

  it('never measures the learned policy against itself, however good it is', () => {
    const comparison = compare([...resultsOf('learned', 1, 1, 1), ...BASELINES], 'learned')
    expect(comparison.reference).toBe('least-outstanding')
    expect(comparison.verdict).toBe('better')
  })

  it('gives one row per policy, the fastest first', () => {
    const { rows } = compare([...BASELINES, ...resultsOf('learned', 45, 55, 65)], 'learned')
    expect(rows.map(({ policy }) => policy)).toEqual(['least-outstanding', 'learned', 'round-robin'])
    const { meanLatencyMs, p95LatencyMs, p99LatencyMs, errorRate, meanReward } = rows[1]!
    expect([meanLatencyMs, p95LatencyMs, p99LatencyMs, meanReward]).toEqual([55, 165, 275, -55])
    expect(errorRate).toBeCloseTo(0.02, 12)
  })

  it('pairs by seed: the ratio is the geometric mean, and 1 for the reference', () => {
    const { rows } = compare([...resultsOf('fast', 10, 40), ...resultsOf('learned', 20, 160)], 'learned')
    const [reference, learned] = rows
    expect(reference).toMatchObject({ policy: 'fast', ratio: 1, ratioLow: 1, ratioHigh: 1 })
    expect(learned!.ratio).toBeCloseTo(Math.sqrt(2 * 4), 12)
  })

  it.each([
    ['better', [30, 39, 46], 'better'],
    ['worse', [50, 61, 73], 'worse'],
    ['the same', [40, 50, 60], 'no difference shown'],
    ['now better, now worse', [35, 56, 58], 'no difference shown'],
    ['a little better on average, but not reliably', [20, 52, 62], 'no difference shown'],
  ] as const)('judges a policy that is %s', (_, latencies, verdict) => {
    expect(compare([...BASELINES, ...resultsOf('learned', ...latencies)], 'learned').verdict).toBe(verdict)
  })

  it('shows no difference with a single seed, since its interval is unknown', () => {
    const comparison = compare([...resultsOf('random', 50), ...resultsOf('learned', 10)], 'learned')
    expect(comparison.rows[0]).toMatchObject({ ratioLow: Number.NaN, ratioHigh: Number.NaN })
    expect(comparison.rows[0]!.ratio).toBeCloseTo(0.2, 12)
    expect(comparison.verdict).toBe('no difference shown')
  })
})
