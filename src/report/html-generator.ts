/** The generator's section of the HTML report, and the verdict that comes before all others. */
import type { RunSummary } from '../study/index.ts'
import { formatMs } from './format.ts'
import { generatorDelays, generatorFacts, SATURATED } from './generator-facts.ts'
import { html, type Markup, NOTHING } from './html.ts'
import { table } from './html-table.ts'
import type { Verdict } from './verdict.ts'

/** Undefined if the generator can be trusted. */
export function generatorVerdict({ generator }: RunSummary): Verdict | undefined {
  if (generator === null || generator.verdict === 'ok') return undefined
  return { tone: 'bad', headline: SATURATED, reasons: generator.reasons }
}

export function generatorTable(summary: RunSummary): Markup {
  if (summary.generator === null) return NOTHING
  const delays = table(
    [
      { title: 'generator', text: true, cell: ([what]) => what },
      { title: 'p50', cell: ([, { p50 }]) => formatMs(p50) },
      { title: 'p99', cell: ([, { p99 }]) => formatMs(p99) },
      { title: 'max', cell: ([, { max }]) => formatMs(max) },
    ],
    generatorDelays(summary),
  )
  return html`${delays}<p class="caption">${generatorFacts(summary).join('; ')}</p>\n`
}
