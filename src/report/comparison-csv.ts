/** A comparison as a table for spreadsheets: one line per policy, every number in full, nothing where it is not known. */
import type { RatioInterval } from '../stats/index.ts'
import type { Comparison, ComparisonRow } from '../study/index.ts'

type Cell = string | number | null

const MEASURED = [
  'penalizedLatencyMs',
  'meanLatencyMs',
  'p50LatencyMs',
  'p95LatencyMs',
  'p99LatencyMs',
  'errorRate',
  'goodputPerSecond',
  'sloMissRate',
  'fairness',
  'meanReward',
  'ratio',
  'ratioLow',
  'ratioHigh',
  'pValue',
  'adjustedPValue',
] as const satisfies readonly (keyof ComparisonRow)[]

const RATIOS = ['mean', 'p50', 'p95', 'p99', 'errors'] as const

/** RFC 4180, with a header line and newlines at the ends of lines. */
export function comparisonCsv({ rows, scenario, seeds, reference }: Comparison): string {
  const lines = rows.map((row): readonly (readonly [name: string, cell: Cell])[] => [
    ['scenario', scenario.name],
    ['seeds', seeds.length],
    ['reference', reference],
    ['policy', row.policy],
    ['kind', row.kind],
    ...MEASURED.map((name) => [name, row[name]] as const),
    ...RATIOS.flatMap((name) => interval(`${name}Ratio`, row.ratios[name])),
    ...interval('toOracle', row.toOracle),
    ...interval('toBound', row.toBound),
    ...interval('gapClosed', row.gapClosed === null ? null : { ...row.gapClosed, ratio: row.gapClosed.mean }),
    ['verdict', row.verdict],
  ])
  const header = (lines[0] ?? []).map(([name]) => name)
  const body = lines.map((line) => line.map(([, cell]) => cellText(cell)))
  return [header, ...body].map((cells) => `${cells.join(',')}\n`).join('')
}

function interval(name: string, known: RatioInterval | null): (readonly [string, Cell])[] {
  return [
    [name, known?.ratio ?? null],
    [`${name}Low`, known?.low ?? null],
    [`${name}High`, known?.high ?? null],
  ]
}

function cellText(cell: Cell): string {
  if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) return ''
  const text = String(cell)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
