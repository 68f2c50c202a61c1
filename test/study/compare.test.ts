import { describe, expect, it } from 'vitest'
import { compare } from '../../src/study/index.ts'
import { failing, replayResults as resultsOf } from './replay-result.ts'

const BASELINES = [...resultsOf('round-robin', 50, 60, 70), ...resultsOf('least-outstanding', 40, 50, 60)]

describe('compare', () => {
  it('has oracles beside the baselines, but never measures against them', () => {
    const oracle = resultsOf('least-added-delay', 20, 30, 40)
    const { reference, rows, ...comparison } = compare(
      [...BASELINES, ...oracle, ...resultsOf('learned', 30, 40, 50)],
      'learned',
    )
    expect([reference, comparison.oracle]).toEqual(['least-outstanding', 'least-added-delay'])
    expect(rows.map(({ policy, kind }) => [policy, kind])).toEqual([
      ['least-added-delay', 'oracle'],
      ['learned', 'model'],
      ['least-outstanding', 'heuristic'],
      ['round-robin', 'heuristic'],
    ])
    expect(rows[1]!.gapClosed!.mean).toBeCloseTo(0.5, 12)
  })

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
    const { penalizedLatencyMs, meanLatencyMs, p95LatencyMs, p99LatencyMs, errorRate, meanReward } = rows[1]!
    expect([penalizedLatencyMs, meanLatencyMs, p95LatencyMs, p99LatencyMs]).toEqual([55, 55, 165, 275])
    expect([errorRate, meanReward]).toEqual([0, -55])
  })

  it('pairs by seed: the ratio is the geometric mean, and 1 for the reference', () => {
    const { rows } = compare([...resultsOf('fast', 10, 40), ...resultsOf('learned', 20, 160)], 'learned')
    const [reference, learned] = rows
    expect(reference).toMatchObject({ policy: 'fast', ratio: 1, ratioLow: 1, ratioHigh: 1 })
    expect(learned!.ratio).toBeCloseTo(Math.sqrt(2 * 4), 12)
  })

  it('rewards no failures: order, reference and verdict are those of the penalized latency', () => {
    const quick = failing(resultsOf('least-outstanding', 30, 32, 35), 0.08, 10_000)
    const sound = failing(resultsOf('round-robin', 43, 44, 46), 0.04, 10_000)
    const careful = resultsOf('learned', 50, 52, 54)
    const comparison = compare([...quick, ...sound, ...careful], 'learned')
    expect(comparison).toMatchObject({ reference: 'round-robin', verdict: 'better' })
    expect(comparison.rows.map(({ policy }) => policy)).toEqual([
      'learned',
      'round-robin',
      'least-outstanding',
    ])
    expect(comparison.rows[1]).toMatchObject({ ratio: 1, ratioLow: 1, ratioHigh: 1 })
    expect(comparison.rows[0]!.ratio).toBeCloseTo(52 / (0.96 * 44.3 + 400), 2)
    expect(comparison.rows[2]!.errorRate).toBeCloseTo(0.08, 12)
  })

  it('has the lowest bound of all policies, and none where anything failed', () => {
    const results = [...BASELINES, ...resultsOf('learned', 45, 55, 65)]
    const lower = results.map((result) =>
      result.policy === 'round-robin' ? { ...result, boundMs: 9 } : result,
    )
    expect(compare(lower, 'learned').boundMs).toBe(9)
    const [first, ...others] = results
    expect(compare([{ ...first!, errorRate: 1e-6 }, ...others], 'learned').boundMs).toBeNull()
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
