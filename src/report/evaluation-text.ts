/** An off-policy evaluation for the terminal: the policies beside the logger and the simplest ones, then what each estimator says. */
import type { Evaluation } from '../study/index.ts'
import { formatCount, formatNumber, formatPercent, formatScore } from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

type Evaluated = Evaluation['policies'][number]
type Interval = Evaluation['logger']['value']

export function evaluationText(evaluation: Evaluation, style: Style): string {
  const { policies } = evaluation
  return [
    ...dataLines(evaluation, style),
    '',
    ...overview(evaluation, style),
    ...policies.flatMap((policy) => ['', ...details(policy, style)]),
    '',
    style.dim(
      'The estimates hold for the states that the logger brought about: how a policy changes the load that its',
    ),
    style.dim('own later decisions meet is not in them. "loadgen compare" replays that.'),
  ].join('\n')
}

function dataLines({ data, logger }: Evaluation, style: Style): string[] {
  const { decisions, trajectories, clusters, clusterKind, horizon, gamma } = data
  const pieces =
    clusterKind === 'session'
      ? formatCount(clusters, 'session')
      : formatCount(clusters, 'stretch', 'stretches')
  const length =
    horizon === 1 ? 'single decisions (horizon 1)' : `up to ${horizon} decisions each, gamma ${gamma}`
  return [
    style.heading('data'),
    `  ${formatCount(decisions, 'decision')} in ${pieces}; ${formatCount(trajectories, 'trajectory', 'trajectories')}: ${length}`,
    `  logged by ${logger.policies.map((id) => id ?? 'a policy that is not known').join(', ')}`,
    ...Object.entries(data.skipped).map(([reason, count]) => style.warn(`  left out: ${count} ${reason}`)),
  ]
}

/** One row per policy, by the estimator of its verdict. */
function overview({ logger, policies, baselines }: Evaluation, style: Style): string[] {
  const row = (evaluated: Evaluated): string[] => {
    const { policy, verdictBy, estimates, overlap, agreementWithLogger, trafficShift, verdict } = evaluated
    const estimate = estimates.find(({ estimator }) => estimator === verdictBy)!
    return [
      policy,
      formatScore(estimate.value),
      boundsText(estimate),
      boundsText(estimate.difference),
      formatNumber(overlap.effectiveSampleSize),
      formatPercent(agreementWithLogger, 0),
      formatPercent(trafficShift, 0),
      verdictText(verdict, style),
    ]
  }
  const rows = [...policies.map(row), ...baselines.map(row)]
  const own = ['logger', formatScore(logger.value.value), boundsText(logger.value)]
  const titles = ['value', '95% interval', 'against the logger', 'ESS', 'agreement with the logger', 'moves']
  rows.splice(policies.length, 0, [...own, ...Array<string>(titles.length - own.length + 2).fill('')])
  const by = new Set(policies.map(({ verdictBy }) => verdictBy))
  return [
    style.heading(`value per trajectory, by ${[...by].join(', ')}`),
    ...textTable(columns(['policy'], [...titles, 'verdict']), rows, style),
    style.dim(
      '  agreement: how likely it does what the logger did, no measure of quality; moves: share of the requests',
    ),
    style.dim(
      '  that it would send elsewhere on the whole, to where it would then be fuller than the log shows',
    ),
  ]
}

function details(
  { policy, estimates, overlap, verdict, reason, modelUnseenShare, warnings }: Evaluated,
  style: Style,
): string[] {
  const shares = [
    `effective sample ${formatNumber(overlap.effectiveSampleSize)} of ${formatNumber(overlap.trajectories)} (${formatPercent(overlap.effectiveShare, 1)})`,
    `mean weight ${formatNumber(overlap.meanWeight, 3)}, greatest ${formatNumber(overlap.maxWeight, 1)}`,
    `heaviest 1% hold ${formatPercent(overlap.topPercentShare, 1)}`,
  ]
  return [
    style.heading(policy),
    ...textTable(
      columns(['estimator'], ['value', '95% interval', 'against the logger']),
      estimates.map((estimate) => [
        estimate.estimator,
        estimate.refusal === null ? formatScore(estimate.value) : style.warn('refused'),
        boundsText(estimate),
        boundsText(estimate.difference),
      ]),
      style,
    ),
    `  ${shares.join('; ')}`,
    `  of what it does, the logger does ${formatPercent(overlap.unsupportedShare, 1)} never and ${formatPercent(overlap.rareShare, 1)} rarely; ` +
      `the model has not seen ${formatPercent(modelUnseenShare, 1)}`,
    `  ${verdictText(verdict, style)}: ${reason}`,
    ...refusals(estimates, reason).map((line) => style.warn(`  ${line}`)),
    ...warnings.map((warning) => style.warn(`  warning: ${warning}`)),
  ]
}

/** Those that the verdict does not say already. */
function refusals(estimates: Evaluated['estimates'], reason: string): string[] {
  return estimates
    .filter(({ refusal }) => refusal !== null && refusal !== reason)
    .map(({ estimator, refusal }) => `${estimator}: ${refusal}`)
}

function boundsText({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return formatScore(Number.NaN)
  return `${formatScore(low)} to ${formatScore(high)}`
}

function verdictText(verdict: Evaluated['verdict'], style: Style): string {
  const paint = {
    better: style.good,
    worse: style.bad,
    'not shown': style.warn,
    'not identifiable': style.warn,
  }
  return paint[verdict](verdict)
}
