/** `report.md`: the report of a study as it is read in a repository. */
import type { StudyResult } from '../../study/index.ts'
import type { Verdict } from '../verdict.ts'
import type { ReportSection, ReportTable } from './report-section.ts'
import { studySections } from './study-sections.ts'
import { studyVerdicts } from './study-verdict.ts'

export function studyMarkdown(result: StudyResult): string {
  const { scenario, description, source, problems, program } = result
  return [
    `# ${scenario.name}: study`,
    '',
    description,
    '',
    ...studyVerdicts(result).flatMap(verdictLines),
    ...(problems.length === 0
      ? []
      : ['## Problems', '', ...problems.map((problem) => `- ${escaped(problem)}`), '']),
    ...studySections(result).flatMap(sectionLines),
    '---',
    '',
    `Scenario ${source}, hash ${scenario.hash.slice(0, 16)}, loadgen ${program}.`,
    '',
  ].join('\n')
}

function verdictLines({ headline, reasons }: Verdict): string[] {
  return [`**${headline}**`, '', ...reasons.map((reason) => `- ${escaped(reason)}`), '']
}

function sectionLines({ title, paragraphs, tables }: ReportSection): string[] {
  return [
    `## ${title}`,
    '',
    ...paragraphs.flatMap((paragraph) => [escaped(paragraph), '']),
    ...tables.flatMap((table) => [...markdownTable(table), '']),
  ]
}

/** A table in the form of GitHub. */
export function markdownTable({ columns, rows, marked = [] }: ReportTable): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ align }) => (align === 'right' ? '--:' : '---')).join('|')}|`,
    ...rows.map((cells, i) => line(marked.includes(i) ? cells.map((cell) => `**${cell}**`) : cells)),
  ]
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}
