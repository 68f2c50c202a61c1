/** Studies for the terminal: the table over all of them, and what each amounts to. */
import type { StudyResult } from '../../study/index.ts'
import type { Style } from '../style.ts'
import { textTable } from '../text-table.ts'
import type { Verdict } from '../verdict.ts'
import { studiesTable } from './studies-table.ts'
import { studyVerdicts } from './study-verdict.ts'

export function studiesText(results: readonly StudyResult[], style: Style): string {
  const { columns, rows } = studiesTable(results)
  return [
    ...textTable(columns, rows, style),
    style.dim(
      '  ratio: penalized latency of the learned policy over that of the opponent (the best heuristic, unless the study names one), paired by seed',
    ),
    ...results.flatMap((result) => ['', ...resultLines(result, style)]),
  ].join('\n')
}

function resultLines(result: StudyResult, style: Style): string[] {
  const { scenario, checks, problems, directory } = result
  return [
    style.heading(scenario.name),
    ...studyVerdicts(result).flatMap((verdict) => verdictLines(verdict, style)),
    ...checks
      .filter(({ right }) => right !== null)
      .map(
        ({ model, predicted, right }) =>
          `    The records said that ${model} is ${predicted} than the policy that made the data, which was ${right ? 'right' : 'wrong'}.`,
      ),
    ...problems.map((problem) => `  ${style.bad(problem)}`),
    `  report     ${directory.report}`,
  ]
}

function verdictLines({ tone, headline, reasons }: Verdict, style: Style): string[] {
  const paint = { good: style.good, bad: style.bad, neutral: style.warn }[tone]
  return [`  ${paint(headline)}`, ...reasons.map((reason) => `    ${reason}`)]
}
