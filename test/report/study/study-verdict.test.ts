/** What a study says of its models: it must not contradict its own table. */
import { describe, expect, it } from 'vitest'
import { studyVerdicts } from '../../../src/report/study/study-verdict.ts'
import { compareResults, type ReplayResult, type StudyResult } from '../../../src/study/index.ts'
import { replayResults } from '../../study/replay-result.ts'
import { COMPARISON } from '../comparison-fixture.ts'

const REFERENCE = replayResults('least-outstanding', 40, 50, 60, 55)
const ORACLE = replayResults('least-added-delay', 20, 26, 29, 27)

function reasonsOf(results: readonly ReplayResult[], reference?: string): string {
  const table = compareResults(results, {
    kindOf: (name) => (name === 'learned' ? 'model' : name === 'least-added-delay' ? 'oracle' : 'heuristic'),
    reference,
  })
  const comparison = { ...COMPARISON, ...table, results }
  const study = { models: [{ label: 'learned' }], comparisons: [{ load: 1, directory: '', comparison }] }
  return studyVerdicts(study as unknown as StudyResult)
    .map(({ headline, reasons }) => [headline, ...reasons].join('\n'))
    .join('\n')
}

describe('the gap to the oracle', () => {
  it('is closed in part', () => {
    const text = reasonsOf([...REFERENCE, ...ORACLE, ...replayResults('learned', 31, 38, 46, 40)])
    expect(text).toMatch(
      /It closes 49% \(\d+% to \d+%\) of the gap between least-outstanding and least-added-delay\./,
    )
  })

  it('is widened by a model that is worse', () => {
    const text = reasonsOf([...REFERENCE, ...ORACLE, ...replayResults('learned', 50, 62, 74, 70)])
    expect(text).toMatch(
      /is worse than [\s\S]*It widens the gap between least-outstanding and least-added-delay by \d+% \(\d+% to \d+%\)\./,
    )
  })

  it('is not there where the oracle does not win; whoever wins all the same did win something', () => {
    const blind = replayResults('least-added-delay', 41, 49, 61, 55)
    const won = reasonsOf([...REFERENCE, ...blind, ...replayResults('learned', 31, 38, 46, 40)])
    expect(won).toMatch(/learned is better than [\s\S]*is not what the oracle measures/)
    expect(won).not.toContain('nothing to win')
    expect(reasonsOf([...REFERENCE, ...blind, ...replayResults('learned', 40, 51, 60, 54)])).toContain(
      'nothing to win',
    )
  })

  it('is not spoken of where the oracle itself is the opponent', () => {
    const text = reasonsOf(
      [...REFERENCE, ...ORACLE, ...replayResults('learned', 31, 38, 46, 40)],
      'least-added-delay',
    )
    expect(text).toContain('learned is worse than')
    expect(text).not.toMatch(/Not even|gap/)
  })
})
