import { describe, expect, it } from 'vitest'
import { comparisonText, createStyle } from '../../src/report/index.ts'
import { COMPARISON, comparisonOf, FAILING_COMPARISON, ONE_SEED_COMPARISON } from './comparison-fixture.ts'

const plain = createStyle(false)

describe('comparisonText', () => {
  it('is the table of the golden file', async () => {
    await expect(`${comparisonText(COMPARISON, plain)}\n`).toMatchFileSnapshot('golden/comparison.txt')
  })

  it('shows failures and what they count as', async () => {
    await expect(`${comparisonText(FAILING_COMPARISON, plain)}\n`).toMatchFileSnapshot(
      'golden/comparison-failing.txt',
    )
  })

  it('says that one seed shows nothing', () => {
    const text = comparisonText(ONE_SEED_COMPARISON, plain)
    expect(text).toContain('one seed: no intervals and no tests; compare over more')
    expect(text).toContain('No difference shown between model:models/cql and least-outstanding')
    expect(text).not.toMatch(/NaN|null|undefined/)
  })

  it('says so when the model does not win', () => {
    const worse = COMPARISON.results.map((result) =>
      result.policy === 'model:models/cql' ? { ...result, penalizedLatencyMs: 90 } : result,
    )
    expect(comparisonText(comparisonOf(worse), plain)).toMatch(
      /model:models\/cql is worse than least-outstanding: [\d.]+% higher; keep least-outstanding/,
    )
  })

  it('tells of the heuristics where there is no model', () => {
    const heuristics = COMPARISON.results.filter(({ policy }) => !policy.startsWith('model'))
    expect(comparisonText(comparisonOf(heuristics), plain)).toContain(
      'Not shown to be worse than least-outstanding: circuit-breaker(least-outstanding)',
    )
    const two = heuristics.filter(({ policy }) => /^(round-robin|least-outstanding)$/.test(policy))
    expect(comparisonText(comparisonOf(two), plain)).toContain(
      'least-outstanding is better than each of the others.',
    )
  })

  it('finds nothing where there is one policy and the oracle', () => {
    const one = COMPARISON.results.filter(({ policy }) => /^(c3|least-added-delay)$/.test(policy))
    expect(comparisonText(comparisonOf(one), plain)).toContain('Nothing to compare c3 with but the oracle')
  })

  it('colours what it shows to be better or worse', () => {
    expect(comparisonText(COMPARISON, createStyle(true))).toContain('\u001B[32mbetter')
  })
})
