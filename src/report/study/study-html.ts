/** `report.html`: the report of a study in one self-contained file, the verdict first. */
import type { StudyResult } from '../../study/index.ts'
import type { Chart } from '../charts/chart.ts'
import type { LearningCurve } from '../charts/learning-curves.ts'
import { learningCurvesChart } from '../charts/learning-curves.ts'
import { loadChartRenderer } from '../charts/render-chart.ts'
import { html, Markup, NOTHING } from '../html.ts'
import { htmlPage } from '../html-page.ts'
import { type Column, table } from '../html-table.ts'
import type { Verdict } from '../verdict.ts'
import { comparisonCharts } from '../write-comparison.ts'
import type { ReportSection, ReportTable } from './report-section.ts'
import { studySections } from './study-sections.ts'
import { studyVerdicts } from './study-verdict.ts'

/** Of every model of a study: what its training gained per epoch. */
export function curvesOf({ models }: Pick<StudyResult, 'models'>): LearningCurve[] {
  return models.map(({ label, training }) => ({
    policy: label,
    curve: training.epochs.map(({ epoch, trainingLoss, validationLoss }) => ({
      epoch,
      loss: trainingLoss,
      validation: validationLoss,
    })),
  }))
}

/** The same result gives the same bytes. */
export async function studyHtml(result: StudyResult): Promise<string> {
  const { scenario, description, source, comparisons, problems, program } = result
  const render = await loadChartRenderer()
  const card = (chart: Chart): Markup => html`<div class="card full" id="${chart.id}">
<h3>${chart.title}</h3><p class="caption">${chart.caption}</p>
${new Markup(render(chart))}
</div>
`
  const charts = comparisons.flatMap(({ load, comparison }) =>
    comparisonCharts(comparison).map((chart) => ({
      ...chart,
      id: `${chart.id}-${String(load).replace('.', '-')}`,
    })),
  )
  const pictures = [...charts, ...learningCurvesChart(curvesOf(result))].map(card)
  const troubles: Verdict[] =
    problems.length === 0 ? [] : [{ tone: 'bad', headline: 'Problems', reasons: problems }]
  return htmlPage(
    `${scenario.name}: study`,
    html`<header>
<h1>${scenario.name}</h1>
<p class="facts">${description}</p>
</header>
<div class="verdicts">${[...studyVerdicts(result), ...troubles].map(verdictCard)}</div>
${studySections(result).map(section)}
<section><h2>Charts</h2>
${pictures}</section>
<footer>Scenario ${source}, hash ${scenario.hash.slice(0, 16)}. Written by loadgen ${program}.</footer>`,
  )
}

function verdictCard({ tone, headline, reasons }: Verdict): Markup {
  const list =
    reasons.length === 0 ? NOTHING : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`
  return html`<div class="card verdict ${tone}"><strong>${headline}</strong>${list}</div>\n`
}

function section({ title, paragraphs, tables }: ReportSection): Markup {
  const texts = paragraphs.map((paragraph) => html`<p class="caption">${paragraph}</p>\n`)
  return html`<section><h2>${title}</h2>\n${texts}${tables.map(htmlTable)}</section>\n`
}

function htmlTable({ columns, rows, marked = [] }: ReportTable): Markup {
  const own = columns.map(
    ({ title, align }, i): Column<readonly string[]> => ({
      title,
      cell: (cells) => cells[i]!,
      ...(align === 'left' ? { text: true } : {}),
    }),
  )
  return table(own, rows, (cells) => marked.includes(rows.indexOf(cells)))
}
