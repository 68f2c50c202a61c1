import { describe, expect, it } from 'vitest'
import { comparisonVerdict, policyName, thresholdVerdict } from '../../src/report/verdict.ts'
import type { ComparisonSummary } from '../../src/study/summary/run-summary.ts'
import { FAILING_COMPARISON, RUN_SUMMARY } from './run-summary-fixture.ts'

/** The comparison of the fixture with another outcome for the learned policy. */
function comparisonWith(
  verdict: ComparisonSummary['verdict'],
  [ratio, ratioLow, ratioHigh]: readonly [number, number, number],
): ComparisonSummary {
  const comparison = RUN_SUMMARY.comparison!
  const rows = comparison.rows.map((row) =>
    row.policy === comparison.learned ? { ...row, ratio, ratioLow, ratioHigh } : row,
  )
  return { ...comparison, rows, verdict }
}

describe('comparisonVerdict', () => {
  it('says by how much the learned policy is better, and what the bound leaves', () => {
    const { tone, headline, reasons } = comparisonVerdict(comparisonWith('better', [0.9, 0.85, 0.95]))
    expect(tone).toBe('good')
    expect(headline).toBe('learned(cql) is better than power-of-two-choices, the best baseline')
    expect(reasons[0]).toMatch(/10.0% lower over 8 held-out seeds.*from 15.0% lower to 5.0% lower/)
    expect(reasons[1]).toMatch(/below 41.4 ms.*71.2 ms, 1.72 times/)
    expect(reasons.join(' ')).not.toMatch(/not better/)
  })

  it('says what is left to be had, where an oracle shows it', () => {
    const comparison = comparisonWith('better', [0.9, 0.85, 0.95])
    const gapClosed = { mean: 0.487, low: 0.41, high: 0.56 }
    const rows = comparison.rows.map((row) => ({ ...row, gapClosed }))
    const { reasons } = comparisonVerdict({ ...comparison, oracle: 'least-added-delay', rows })
    expect(reasons[1]).toBe(
      'Of what lies between power-of-two-choices and least-added-delay, an oracle that knows true sizes and speeds, ' +
        'learned(cql) has 49% (41% to 56%).',
    )
    const [row] = rows
    expect(policyName({ ...row!, policy: 'least-added-delay', kind: 'oracle' })).toBe(
      'least-added-delay (oracle)',
    )
    expect(policyName(row!)).toBe('learned(cql)')
  })

  it('names the measure and no bound where requests failed', () => {
    const { reasons } = comparisonVerdict(FAILING_COMPARISON)
    expect(reasons).toEqual([expect.stringMatching(/^Penalized latency 6.2% lower over 8 held-out seeds/)])
  })

  it('says in plain words when the learned policy is worse', () => {
    const { tone, headline, reasons } = comparisonVerdict(comparisonWith('worse', [1.2, 1.1, 1.3]))
    expect(tone).toBe('bad')
    expect(headline).toMatch(/is worse than/)
    expect(reasons[0]).toMatch(/20.0% higher/)
    expect(reasons.at(-1)).toBe('The learned policy is not better: keep power-of-two-choices.')
  })

  it('does not sell a difference that was not shown', () => {
    const { tone, headline, reasons } = comparisonVerdict(
      comparisonWith('no difference shown', [0.98, 0.94, 1.02]),
    )
    expect(tone).toBe('neutral')
    expect(headline).toMatch(/^No difference shown between/)
    expect(reasons[0]).toMatch(/from 6.0% lower to 2.0% higher/)
    expect(reasons.at(-1)).toMatch(/not better/)
  })

  it('says that one seed has no interval', () => {
    const comparison = comparisonWith('no difference shown', [0.9, Number.NaN, Number.NaN])
    expect(comparisonVerdict({ ...comparison, seeds: [1] }).reasons[0]).toMatch(
      /1 held-out seed; too few seeds/,
    )
  })

  it('stands without a row of the learned policy', () => {
    const comparison = { ...RUN_SUMMARY.comparison!, rows: [], verdict: 'no difference shown' as const }
    expect(comparisonVerdict(comparison).reasons).toEqual([
      'The learned policy is not better: keep power-of-two-choices.',
    ])
  })
})

describe('thresholdVerdict', () => {
  it('names every threshold that was missed, with its value', () => {
    const verdict = thresholdVerdict(RUN_SUMMARY.thresholds)
    expect(verdict?.headline).toBe('1 of 3 thresholds missed')
    expect(verdict?.reasons).toEqual(['errorRate < 0.01: it was 1.20%.'])
  })

  it('is good when all held, and absent when there are none', () => {
    const held = RUN_SUMMARY.thresholds.filter((threshold) => threshold.passed)
    expect(thresholdVerdict(held)).toEqual({ tone: 'good', headline: 'All 2 thresholds held', reasons: [] })
    expect(thresholdVerdict(held.slice(1))?.headline).toBe('The threshold held')
    expect(thresholdVerdict([])).toBeUndefined()
  })
})
