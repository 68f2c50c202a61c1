/**
 * The report of a study, before it is HTML or Markdown: what was collected, what was trained, what the records said of
 * it, what the replays say, and whether the records were right.
 */
import type { CollectedRun, EstimateCheck, StudyModel, StudyResult } from '../../study/index.ts'
import { factsText, formatMs, formatNumber, formatPercent, formatScore } from '../format.ts'
import { columns } from '../text-table.ts'
import { comparisonSection } from './comparison-section.ts'
import type { ReportSection, ReportTable } from './report-section.ts'

export function studySections(result: StudyResult): ReportSection[] {
  return [
    ...result.comparisons.map((compared) => comparisonSection(compared, result)),
    estimatesSection(result),
    trainingSection(result),
    collectedSection(result),
    seedsSection(result),
  ].filter(({ paragraphs, tables }) => paragraphs.length + tables.length > 0)
}

function estimatesSection({ checks, evaluation, collectingPolicy, comparisons }: StudyResult): ReportSection {
  const title = 'Were the estimates right?'
  if (evaluation === null)
    return { title, paragraphs: ['There are none: see the problems above.'], tables: [] }
  const { data, logger } = evaluation
  return {
    title,
    paragraphs: [
      `Estimated from ${formatNumber(data.decisions)} decisions of runs at load ${comparisons[0]!.load} that nothing was trained on, in ` +
        `${formatNumber(data.clusters)} ${data.clusterKind === 'session' ? 'sessions' : 'stretches of time'}; the policy that made them, ` +
        `${collectingPolicy}, earned ${formatScore(logger.value.value)} per ${data.horizon === 1 ? 'decision' : 'trajectory'}.`,
      ...checks.map(checkText),
      'An estimate weighs decisions in the states that the logger brought about. A policy that is followed changes the states ' +
        'that its later decisions meet, which no estimate of single decisions can see: where they differ, believe the replays.',
    ],
    tables: checks.map(estimatesTable),
  }
}

function checkText(check: EstimateCheck): string {
  const { model, predicted, predictedBy, reason, realised, right, effectiveSampleSize, effectiveShare } =
    check
  const by = predictedBy === null ? '' : ` (${predictedBy})`
  const came =
    right === null
      ? `The replays say: ${realised}. There was no claim to be right or wrong.`
      : `The replays say: ${realised}. The estimate was ${right ? 'right' : 'wrong'}.`
  const sample = Number.isFinite(effectiveSampleSize)
    ? ` Effective sample: ${formatNumber(effectiveSampleSize)} (${formatPercent(effectiveShare, 1)}); ` +
      `${formatPercent(check.unsupportedShare, 1)} of the model's choices the logger never makes.`
    : ''
  return `${model}, against the policy that made the data: ${predicted}${by}: ${reason}. ${came}${sample}`
}

function estimatesTable({ model, estimates }: EstimateCheck): ReportTable {
  return {
    columns: columns([model], ['estimate', '95% interval', 'earned in replays', '95% interval', 'agree']),
    rows: estimates.map(({ estimator, value, low, high, refusal, realised, right }) => [
      refusal === null ? estimator : `${estimator} (${refusal})`,
      formatScore(value),
      rangeText(low, high),
      formatScore(realised.mean),
      rangeText(realised.low, realised.high),
      right === null ? '–' : right ? 'yes' : 'no',
    ]),
  }
}

function rangeText(low: number, high: number): string {
  return Number.isFinite(low) && Number.isFinite(high) ? `${formatScore(low)} to ${formatScore(high)}` : '–'
}

function trainingSection({ models }: StudyResult): ReportSection {
  return {
    title: 'What was trained',
    paragraphs: models.map(modelText),
    tables: [
      {
        columns: columns(
          ['model', 'learner', 'chooses'],
          ['seed', 'decisions', 'epochs', 'best', 'loss', 'held out', 'agreement with logger'],
        ),
        rows: models.map(({ label, algorithm, actions, seed, training: { metrics, epochs } }) => [
          label,
          algorithm,
          actions,
          String(seed),
          formatNumber(metrics.transitions.training),
          formatNumber(epochs.length),
          formatNumber(metrics.bestEpoch),
          formatScore(metrics.trainingLoss),
          formatScore(metrics.validationLoss),
          formatPercent(metrics.agreementWithLogger, 0),
        ]),
      },
    ],
  }
}

function modelText({
  label,
  directory,
  training: { version, metrics, hyperParameters },
}: StudyModel): string {
  return (
    `${label}: ${directory}, version ${version.slice(0, 12)}; ${factsText(metrics.facts)}; ` +
    Object.entries(hyperParameters)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')
  )
}

function collectedSection({ runs, collectingPolicy }: StudyResult): ReportSection {
  return {
    title: 'What was collected',
    paragraphs: [
      `By ${collectingPolicy}. Least tried: decisions of the instance that got the fewest, as a share of an even share; what ` +
        'is never tried cannot be learned.',
    ],
    tables: [
      {
        columns: columns(
          ['use'],
          ['load', 'seed', 'decisions', 'requests', 'failed', 'p95', 'reward', 'least tried'],
        ),
        rows: runs.map(runCells),
      },
    ],
  }
}

function runCells(run: CollectedRun): string[] {
  return [
    run.use === 'training' ? 'training' : 'estimates',
    String(run.load),
    String(run.seed),
    formatNumber(run.decisions),
    formatNumber(run.requests),
    formatPercent(run.errorRate),
    formatMs(run.p95LatencyMs),
    run.meanReward === null ? '–' : formatScore(run.meanReward),
    formatPercent(run.leastTried, 0),
  ]
}

function seedsSection({ seeds, runs, comparisons }: StudyResult): ReportSection {
  const trainedAt = new Set(runs.filter(({ use }) => use === 'training').map(({ load }) => load))
  const judged = comparisons.map(({ load }) => load)
  const both = judged.filter((load) => trainedAt.has(load))
  const loads =
    both.length === 0
      ? 'No load that was trained on is judged at.'
      : `Trained at loads ${[...trainedAt].join(', ')}, judged at ${judged.join(', ')}: ${both.join(', ')} ${both.length === 1 ? 'is' : 'are'} in both, with other seeds.`
  return {
    title: 'Seeds and loads',
    paragraphs: [`No seed serves two purposes. ${loads}`],
    tables: [
      {
        columns: columns(['purpose', 'seeds'], []),
        rows: Object.entries(seeds).map(([use, own]) => [use, seedsText(own)]),
      },
    ],
  }
}

/** `1000014 to 1000033` where they follow each other. */
function seedsText(seeds: readonly number[]): string {
  const follow = seeds.every((seed, i) => i === 0 || seed === seeds[i - 1]! + 1)
  return follow && seeds.length > 2 ? `${seeds[0]} to ${seeds.at(-1)}` : seeds.join(', ')
}
