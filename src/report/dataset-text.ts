/** What is in recorded data, and what is wrong with it, for the terminal. */
import { REWARD_PARTS } from '../core/index.ts'
import {
  type Criterion,
  type DatasetStatistics,
  type Distribution,
  type Finding,
  GROUPINGS,
  type GroupStatistics,
  type LintedFile,
} from '../experience/index.ts'
import { formatCount, formatMs, formatNumber, formatPercent, formatScore } from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

const GROUP_COLUMNS = columns(
  [''],
  ['decisions', 'failed', 'reward', 'tried', 'entropy', 'explored', 's = s′', 'report age'],
)
const REWARD_COLUMNS = columns(['reward'], ['known', 'mean', 'deviation', 'min', 'p5', 'p50', 'p95', 'max'])

export function datasetStatisticsText(statistics: DatasetStatistics, style: Style): string {
  const { all, groups, criteria } = statistics
  const rewards = [
    rewardRow('total', all.reward),
    ...REWARD_PARTS.map((part) => rewardRow(part, all.rewards[part])),
  ]
  const missing = Object.entries(all.missing).map(([name, share]) => `${name} ${formatPercent(share, 1)}`)
  return [
    style.heading(
      `DATA SET: ${formatCount(all.decisions, 'decision')}, ${formatCount(statistics.runs.length, 'run')}`,
    ),
    ...textTable(GROUP_COLUMNS, [groupRow('all', all)], style),
    ...GROUPINGS.flatMap((grouping) => [
      '',
      style.heading(`BY ${grouping.toUpperCase()}`),
      ...textTable(
        GROUP_COLUMNS,
        Object.entries(groups[grouping]).map(([name, group]) => groupRow(name, group)),
        style,
      ),
    ]),
    '',
    style.heading('REWARDS'),
    ...textTable(REWARD_COLUMNS, rewards, style),
    '',
    style.heading('FEATURES'),
    `  missing   ${missing.length === 0 ? 'none' : missing.join(', ')}`,
    `  constant  ${all.constant.length === 0 ? 'none' : all.constant.join(', ')}`,
    '',
    style.heading('CRITERIA'),
    ...criteria.map((criterion) => criterionLine(criterion, style)),
  ].join('\n')
}

function groupRow(name: string, group: GroupStatistics): string[] {
  const share = (value: number | null) => formatPercent(value ?? Number.NaN, 1)
  return [
    name,
    formatNumber(group.decisions),
    formatPercent(group.failures / group.decisions),
    formatScore(group.reward.mean ?? Number.NaN),
    share(group.coverage.tried),
    share(group.coverage.entropy),
    share(group.exploration),
    share(group.selfLoops),
    formatMs(group.reportAgeMs.mean ?? Number.NaN),
  ]
}

function rewardRow(name: string, { count, ...numbers }: Distribution): string[] {
  const { mean, deviation, min, p5, p50, p95, max } = numbers
  const scores = [mean, deviation, min, p5, p50, p95, max].map((value) => formatScore(value ?? Number.NaN))
  return [name, formatNumber(count), ...scores]
}

function criterionLine({ name, passed, detail }: Criterion, style: Style): string {
  return `  ${passed ? style.good('✓') : style.bad('✗')} ${name}: ${detail}`
}

export function lintText(files: readonly LintedFile[], style: Style): string {
  return files.flatMap((file) => fileLines(file, style)).join('\n')
}

function fileLines({ file, format, records, findings }: LintedFile, style: Style): string[] {
  const faults = findings.filter(({ level }) => level === 'fault').length
  const verdict =
    faults === 0 ? style.good('ok') : style.bad(formatCount(faults, 'kind of fault', 'kinds of fault'))
  return [
    `${style.heading(file)}: ${formatCount(records, 'record')} (${format}), ${verdict}`,
    ...findings.flatMap((finding) => findingLines(finding, style)),
  ]
}

function findingLines({ kind, level, summary, count, examples }: Finding, style: Style): string[] {
  const name = level === 'fault' ? style.bad(kind) : style.warn(kind)
  const more =
    count > examples.length && examples.length > 1
      ? [`    and ${formatNumber(count - examples.length)} more`]
      : []
  return [`  ${level} ${name}: ${summary}`, ...examples.map((example) => `    ${example}`), ...more]
}
