/** The doctor's checklist for the terminal, and how to add what is missing. */
import type { Advice, Check, CheckStatus, Diagnosis } from '../study/index.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

const MARKS: Readonly<Record<CheckStatus, string>> = { ok: '✓', missing: '!', failed: '✗', skipped: '-' }

/** @param advice what the checks of the diagnosis ask for, by name */
export function doctorText(
  diagnosis: Diagnosis,
  advice: Readonly<Record<string, Advice>>,
  style: Style,
): string {
  const { target, checks, suggestion, usable } = diagnosis
  const wanted = [...new Set(checks.flatMap(({ advice: name }) => name ?? []))]
  const sections = wanted.map((name) => adviceLines(advice[name]!, style).join('\n'))
  return [
    style.heading(`doctor: ${target}`),
    ...textTable(
      columns(['', '', ''], []),
      checks.map((check) => checkRow(check, style)),
      style,
    ),
    '',
    ...(sections.length === 0 ? [] : [sections.join('\n\n'), '']),
    ...(suggestion === null ? [] : [`run it with: loadgen run --target ${target} ${suggestion}`]),
    usable ? style.good('usable as a target') : style.bad('not usable as a target'),
  ].join('\n')
}

function checkRow({ name, status, detail }: Check, style: Style): string[] {
  const colour = { ok: style.good, missing: style.warn, failed: style.bad, skipped: style.dim }[status]
  return [colour(MARKS[status]), name, status === 'ok' ? detail : `${status}: ${detail}`]
}

function adviceLines({ title, why, snippets }: Advice, style: Style): string[] {
  return [
    style.heading(`HOW TO HAVE ${title.toUpperCase()}`),
    `  ${why}`,
    ...snippets.flatMap(({ balancer, text }) => [
      `  ${style.dim(`${balancer}:`)}`,
      ...text.split('\n').map((line) => `    ${line}`),
    ]),
  ]
}
