/** What the replays of a study say, at one load. */
import type { Comparison, ComparisonRow, LoadComparison, StudyResult } from '../../study/index.ts'
import { formatCount, formatMs, formatPercent, formatRatio, formatRatioInterval } from '../format.ts'
import { columns } from '../text-table.ts'
import { LATENCY_NOTE } from '../verdict.ts'
import type { ReportSection, ReportTable } from './report-section.ts'

export function comparisonSection(
  { load, comparison }: LoadComparison,
  { models, quick }: StudyResult,
): ReportSection {
  const { reference, referenceBy, oracle, boundMs, seeds } = comparison
  const few = quick ? ' (a quick study: too few to show much)' : ''
  const chosen =
    referenceBy === 'best' ? ', the best heuristic on these very seeds, which is in its favour' : ''
  const knowing = oracle === null ? '' : ` ${oracle} is an oracle: it knows true sizes and speeds.`
  const bound =
    boundMs === null
      ? 'There is no bound, since requests failed: those end before their work is done.'
      : `No policy whatever has a mean below ${formatMs(boundMs)} on these requests.`
  return {
    title: `What the replays say: load ${load}`,
    paragraphs: [
      `Every policy over the same ${formatCount(seeds.length, 'seed')}${few}. Reference: ${reference}${chosen}.${knowing} ${bound}`,
      `${LATENCY_NOTE}; ratio: penalized over that of the reference, paired by seed, with its 95% interval; verdict: after Holm's correction.`,
    ],
    tables: [
      comparisonTable(
        comparison,
        models.map(({ label }) => label),
      ),
    ],
  }
}

function comparisonTable({ rows, reference }: Comparison, labels: readonly string[]): ReportTable {
  const failed = rows.some(({ errorRate }) => errorRate > 0)
  return {
    columns: columns(
      ['policy'],
      [
        ...(failed ? ['penalized'] : []),
        'mean',
        'p95',
        'p99',
        ...(failed ? ['failed'] : []),
        'ratio',
        '/ oracle',
        '/ bound',
        'gap closed',
        'verdict',
      ],
    ),
    rows: rows.map((row) => [
      row.policy,
      ...(failed ? [formatMs(row.penalizedLatencyMs)] : []),
      formatMs(row.meanLatencyMs),
      formatMs(row.p95LatencyMs),
      formatMs(row.p99LatencyMs),
      ...(failed ? [formatPercent(row.errorRate)] : []),
      row.policy === reference ? 'reference' : ratioText(row),
      formatRatio(row.toOracle?.ratio ?? Number.NaN),
      formatRatio(row.toBound?.ratio ?? Number.NaN),
      formatPercent(row.gapClosed?.mean ?? Number.NaN, 0),
      verdictText(row),
    ]),
    marked: rows.flatMap(({ policy }, i) => (labels.includes(policy) ? [i] : [])),
  }
}

function ratioText({ ratio, ratioLow, ratioHigh }: ComparisonRow): string {
  return `${formatRatio(ratio)} (${formatRatioInterval(ratioLow, ratioHigh)})`
}

function verdictText({ verdict, kind }: ComparisonRow): string {
  if (verdict === null) return kind === 'oracle' ? kind : ''
  return verdict === 'no difference shown' ? 'not shown' : verdict
}
