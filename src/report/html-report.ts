/** `report.html`: the whole run in one self-contained file, the verdict first. */
import { join } from 'node:path'
import type { RunSummary } from '../study/index.ts'
import { type Chart, type ChartBuilder, FULL_WIDTH } from './charts/chart.ts'
import { CHARTS } from './charts/index.ts'
import { type ChartRenderer, loadChartRenderer } from './charts/render-chart.ts'
import {
  formatCount,
  formatDuration,
  formatFact,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
  formatScore,
  inWords,
} from './format.ts'
import { html, Markup, NOTHING } from './html.ts'
import { faultsTable, retriesTable } from './html-faults.ts'
import { generatorTable, generatorVerdict } from './html-generator.ts'
import { htmlPage } from './html-page.ts'
import * as tables from './html-tables.ts'
import { metricsTable, tagsTable } from './html-tags.ts'
import { captureFacts } from './terminal-capture.ts'
import { comparisonVerdict, thresholdVerdict, type Verdict } from './verdict.ts'
import { writeAtomically } from './write-summary.ts'

/**
 * Writes `report.html` into the run directory.
 *
 * @returns the path of the file
 * @throws WorldError if the directory cannot be written
 */
export async function writeHtmlReport(runDirectory: string, summary: RunSummary): Promise<string> {
  const path = join(runDirectory, 'report.html')
  await writeAtomically(path, await htmlReport(summary))
  return path
}

/** With fewer there is nothing to see in a chart, and drawing it would take longer than all else. */
const LEAST_CHARTED_REQUESTS = 20

/** The report as an HTML document. The same summary gives the same bytes. */
export async function htmlReport(summary: RunSummary): Promise<string> {
  const charted = summary.requests >= LEAST_CHARTED_REQUESTS || summary.training !== null
  const render = charted ? await loadChartRenderer() : undefined
  const charts = (builders: readonly ChartBuilder[]): Markup =>
    render === undefined ? NOTHING : chartCards(builders, summary, render)
  return htmlPage(
    `${summary.scenario.name}: load test report`,
    html`${header(summary)}
${verdicts(summary)}
${totals(summary)}
${tables.latencyTable(summary)}
${section('Percentiles', charts(CHARTS.percentiles))}
${section('Generator', generatorTable(summary))}
${section('Policies compared', charts(CHARTS.comparison), tables.comparisonTable(summary))}
${section('Thresholds', tables.thresholdsTable(summary))}
${section('Checks', tables.checksTable(summary))}
${section('Over time', charted ? charts(CHARTS.overTime) : uncharted())}
${section('Faults', faultsTable(summary))}
${section('Phases', charts(CHARTS.phases), tables.phasesTable(summary))}
${section('Actions', tables.actionsTable(summary))}
${section('Tags', tagsTable(summary))}
${section('Metrics of the scripts', metricsTable(summary))}
${section('Failures by kind', tables.failuresTable(summary))}
${section('Retries and hedges', retriesTable(summary))}
${section('Mistakes made on purpose', tables.mistakesTable(summary))}
${section('Services', tables.servicesTable(summary), charts(CHARTS.services), tables.instancesTable(summary))}
${section('Decisions', decisions(summary), charts(CHARTS.decisions))}
${section('Training', training(summary), charts(CHARTS.training))}
${footer(summary)}`,
  )
}

function uncharted(): Markup {
  return html`<p class="caption">No charts: there are fewer than ${LEAST_CHARTED_REQUESTS} requests.</p>`
}

function header({
  scenario,
  world,
  target,
  policy,
  seed,
  runId,
  startedAt,
  durationMs,
  wallMs,
  ...summary
}: RunSummary) {
  const took =
    world === 'virtual'
      ? `${formatDuration(durationMs)} simulated in ${formatDuration(wallMs)}`
      : formatDuration(durationMs)
  const where = target === 'embedded' ? 'embedded balancer' : target
  return html`<header>
<h1>${scenario.name}</h1>
<p class="facts">${world} world · ${where} · policy ${policy} · seed ${seed} · ${took}</p>
<p class="facts">run ${runId} · started ${startedAt}</p>
${summary.segment === undefined ? NOTHING : cut('segment', `The numbers are of segment ${summary.segment.index + 1} of ${summary.segment.count} of the run.`)}
${summary.interrupted ? cut('interrupted', 'The numbers are of the part that was run.') : NOTHING}
${summary.stopped === null ? NOTHING : cut('stopped', `The numbers are of the part that was run: ${summary.stopped}.`)}
</header>`
}

function cut(how: string, what: string): Markup {
  return html`<p><span class="badge bad">${how}</span> ${what}</p>`
}

function verdicts(summary: RunSummary): Markup {
  const { comparison, thresholds, warnings } = summary
  const all: (Verdict | undefined)[] = [
    generatorVerdict(summary),
    thresholdVerdict(thresholds),
    comparison === null ? undefined : comparisonVerdict(comparison),
    warnings.length === 0
      ? undefined
      : { tone: 'neutral', headline: formatCount(warnings.length, 'warning'), reasons: warnings },
  ]
  return html`<div class="verdicts">${all.filter((verdict) => verdict !== undefined).map(verdictCard)}</div>`
}

function verdictCard({ tone, headline, reasons }: Verdict): Markup {
  const list =
    reasons.length === 0 ? NOTHING : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`
  return html`<div class="card verdict ${tone}"><strong>${headline}</strong>${list}</div>\n`
}

function totals({ requests, requestsPerSecond, errorRate, latency, sessions }: RunSummary): Markup {
  return tiles([
    [formatNumber(requests), 'requests'],
    [formatRate(requestsPerSecond), 'request rate'],
    [formatPercent(errorRate), 'failed'],
    [formatMs(latency.p50Ms), 'p50 latency'],
    [formatMs(latency.p95Ms), 'p95 latency'],
    [formatMs(latency.p99Ms), 'p99 latency'],
    [formatNumber(sessions.completed), 'sessions completed'],
    [formatPercent(sessions.conversionRate), 'placed an order'],
  ])
}

function decisions({ experience, capture }: RunSummary): Markup {
  if (experience.decisions === 0) return NOTHING
  const facts = captureFacts({ capture })
  const captured = facts.length === 0 ? NOTHING : html`<p class="caption">${facts.join('; ')}</p>\n`
  const numbers = tiles([
    [formatNumber(experience.decisions), 'routing decisions'],
    [
      formatNumber(experience.recorded),
      experience.file === null ? 'recorded' : `recorded in ${experience.file}`,
    ],
    [experience.meanReward === null ? '–' : formatScore(experience.meanReward), 'mean reward'],
  ])
  return html`${numbers}${captured}`
}

function training({ training }: RunSummary): Markup {
  if (training === null) return NOTHING
  return tiles([
    [training.algorithm, 'algorithm'],
    [formatNumber(training.transitions), 'transitions'],
    [formatNumber(training.epochs), 'epochs'],
    ...Object.entries(training.facts).map(([name, value]) => [formatFact(value), inWords(name)] as const),
  ])
}

function tiles(facts: readonly (readonly [value: string, what: string])[]): Markup {
  const list = facts.map(
    ([value, what]) => html`<div class="tile"><b>${value}</b><span>${what}</span></div>\n`,
  )
  return html`<div class="tiles">\n${list}</div>`
}

/** A heading with what belongs to it; nothing where there is nothing. */
function section(title: string, ...contents: readonly Markup[]): Markup {
  const filled = contents.filter((content) => content.source !== '')
  return filled.length === 0 ? NOTHING : html`<section><h2>${title}</h2>\n${filled}</section>`
}

/** Wide charts below each other, narrow ones side by side where there is room. */
function chartCards(builders: readonly ChartBuilder[], summary: RunSummary, render: ChartRenderer): Markup {
  const all = builders.flatMap((build) => build(summary))
  const card = (chart: Chart, size: string): Markup => html`<div class="card ${size}" id="${chart.id}">
<h3>${chart.title}</h3><p class="caption">${chart.caption}</p>
${new Markup(render(chart))}
</div>
`
  const wide = all.filter((chart) => chart.width === FULL_WIDTH).map((chart) => card(chart, 'full'))
  const narrow = all.filter((chart) => chart.width !== FULL_WIDTH).map((chart) => card(chart, 'half'))
  return html`${wide}${narrow.length === 0 ? NOTHING : html`<div class="pair">${narrow}</div>\n`}`
}

function footer({ scenario }: RunSummary): Markup {
  return html`<footer>Scenario ${scenario.source}, hash ${scenario.hash.slice(0, 16)}. Written by loadgen.</footer>`
}
