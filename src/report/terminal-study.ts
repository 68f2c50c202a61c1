/** The sections of the terminal summary that a run with training has: the training, and the replay that judges it. */
import type { RunSummary } from '../study/index.ts'
import {
  factsText,
  formatCount,
  formatMs,
  formatPercent,
  formatRatio,
  formatRatioInterval,
  formatScore,
} from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'
import { comparisonVerdict, LATENCY_NOTE, policyName } from './verdict.ts'

export function trainingSection({ training }: RunSummary, style: Style): string[] {
  if (training === null) return []
  const { algorithm, transitions, epochs, facts, model } = training
  const last = training.curve.at(-1)
  return [
    `  ${algorithm}: ${formatCount(transitions, 'transition')}, ${formatCount(epochs, 'epoch')}`,
    `  ${factsText(facts)}`,
    ...(last === undefined
      ? []
      : [`  last loss ${formatScore(last.loss)}, on held-out data ${formatScore(last.validation)}`]),
    `  ${style.dim('model')}  ${model}`,
  ]
}

export function comparisonSection({ comparison }: RunSummary, style: Style): string[] {
  if (comparison === null) return []
  const { rows, reference, boundMs } = comparison
  const table = textTable(
    columns(['policy'], ['penalized', 'mean', 'p95', 'p99', 'failed', 'reward', 'ratio', '95% interval']),
    rows.map((row) => [
      policyName(row),
      formatMs(row.penalizedLatencyMs),
      formatMs(row.meanLatencyMs),
      formatMs(row.p95LatencyMs),
      formatMs(row.p99LatencyMs),
      formatPercent(row.errorRate),
      formatScore(row.meanReward),
      formatRatio(row.ratio),
      row.policy === reference ? 'reference' : formatRatioInterval(row.ratioLow, row.ratioHigh),
    ]),
    style,
  )
  const verdict = comparisonVerdict(comparison)
  const paint = { good: style.good, bad: style.bad, neutral: style.warn }[verdict.tone]
  const bound = boundMs === null ? '' : `; bound: mean ${formatMs(boundMs)}`
  return [
    ...table,
    style.dim(`  ${LATENCY_NOTE}`),
    style.dim(`  ratio: penalized over that of the reference, paired by seed${bound}`),
    `  ${paint(verdict.headline)}`,
    ...verdict.reasons.map((reason) => `    ${reason}`),
  ]
}
