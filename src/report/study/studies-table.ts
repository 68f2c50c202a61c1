/** Several studies in one table: one row per scenario and load, the model on trial beside the best heuristic. */
import type { StudyResult } from '../../study/index.ts'
import { formatMs, formatPercent, formatRatio, formatRatioInterval } from '../format.ts'
import { columns } from '../text-table.ts'
import type { ReportTable } from './report-section.ts'
import { rowOf } from './study-verdict.ts'

export function studiesTable(results: readonly StudyResult[]): ReportTable {
  const rows = results.flatMap(({ scenario, models, comparisons }) =>
    comparisons.map(({ load, comparison }) => {
      const row = rowOf(comparison, models[0]!.label)
      const reference = rowOf(comparison, comparison.reference)
      return [
        load === 1 ? scenario.name : `${scenario.name}, load ${load}`,
        comparison.reference,
        formatMs(row.meanLatencyMs),
        formatMs(row.p95LatencyMs),
        `${formatPercent(row.errorRate)} (${formatPercent(reference.errorRate)})`,
        formatRatio(row.ratio),
        formatRatioInterval(row.ratioLow, row.ratioHigh),
        formatRatio(row.ratios.p95.ratio),
        formatRatio(row.toOracle?.ratio ?? Number.NaN),
        formatRatio(row.toBound?.ratio ?? Number.NaN),
        formatPercent(row.gapClosed?.mean ?? Number.NaN, 0),
        row.verdict === 'no difference shown' ? 'not shown' : (row.verdict ?? ''),
      ]
    }),
  )
  return {
    columns: columns(
      ['scenario', 'opponent'],
      [
        'mean',
        'p95',
        'failed (its)',
        'ratio',
        '95% interval',
        'p95 ratio',
        '/ oracle',
        '/ bound',
        'gap closed',
        'verdict',
      ],
    ),
    rows,
  }
}
