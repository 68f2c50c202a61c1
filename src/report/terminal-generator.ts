/** The generator's section of the terminal summary: how late it was, how evenly it sent, how busy it was. */
import type { RunSummary } from '../study/index.ts'
import { formatMs } from './format.ts'
import { generatorDelays, generatorFacts, SATURATED } from './generator-facts.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

/** What has to be read before any number; empty if the generator can be trusted. */
export function saturationLines({ generator }: RunSummary, style: Style): string[] {
  if (generator === null || generator.verdict === 'ok') return []
  return [style.bad(SATURATED), ...generator.reasons.map((reason) => `  ${style.bad('✗')} ${reason}`)]
}

export function generatorSection(summary: RunSummary, style: Style): string[] {
  if (summary.generator === null) return []
  const rows = generatorDelays(summary).map(([what, { p50, p99, max }]) => [
    what,
    ...[p50, p99, max].map(formatMs),
  ])
  return [
    ...textTable(columns([''], ['p50', 'p99', 'max']), rows, style),
    ...generatorFacts(summary).map((fact) => `  ${fact}`),
  ]
}
