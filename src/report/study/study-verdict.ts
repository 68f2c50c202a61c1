/** What a study amounts to, in plain words. It says so when the learned policy does not win. */
import type { Comparison, ComparisonRow, LoadComparison, StudyResult } from '../../study/index.ts'
import { formatPercent, formatRatio, formatRatioInterval } from '../format.ts'
import type { Verdict } from '../verdict.ts'

/** Of the model on trial, load by load. */
export function studyVerdicts({ models, comparisons, quick }: StudyResult): Verdict[] {
  const [onTrial] = models
  return comparisons.map((compared) => loadVerdict(onTrial!.label, compared, comparisons.length, quick))
}

/** The row of a policy; every model of a study has one. */
export function rowOf({ rows }: Comparison, policy: string): ComparisonRow {
  return rows.find((row) => row.policy === policy)!
}

function loadVerdict(
  label: string,
  { load, comparison }: LoadComparison,
  loads: number,
  quick: boolean,
): Verdict {
  const row = rowOf(comparison, label)
  const { reference, referenceBy } = comparison
  const opponent = referenceBy === 'best' ? `${reference}, the best heuristic` : reference
  const at = loads === 1 ? '' : ` at load ${load}`
  const reasons = [evidence(row, comparison), gapText(row, comparison), errorsText(row, comparison)]
  if (quick) reasons.push('This was a quick study: a few seeds show little. Call it without --quick.')
  const tone = { better: 'good', worse: 'bad' } as const
  if (row.verdict === 'better') {
    return {
      tone: tone.better,
      headline: `${label} is better than ${opponent}${at}`,
      reasons: filled(reasons),
    }
  }
  const advice = rowOf(comparison, reference).kind === 'oracle' ? '' : `: keep ${reference}`
  reasons.push(`The learned policy does not win${at}${advice}.`)
  if (row.verdict === 'worse') {
    return { tone: tone.worse, headline: `${label} is worse than ${opponent}${at}`, reasons: filled(reasons) }
  }
  const headline = `${label} is not shown to be better than ${opponent}${at}`
  return { tone: 'neutral', headline, reasons: filled(reasons) }
}

function evidence({ ratio, ratioLow, ratioHigh }: ComparisonRow, { seeds }: Comparison): string {
  const what = `Penalized latency ${formatRatio(ratio)} times that of the reference over ${seeds.length} paired seeds`
  if (!Number.isFinite(ratioLow)) return `${what}; one seed gives no interval, so nothing is shown.`
  return `${what}, 95% interval ${formatRatioInterval(ratioLow, ratioHigh)}.`
}

function gapText({ gapClosed, verdict }: ComparisonRow, { oracle, reference }: Comparison): string {
  if (oracle === null || oracle === reference) return ''
  if (gapClosed === null) {
    const beaten = `${oracle}, which knows true sizes and speeds, is shown to beat ${reference}`
    if (verdict !== 'better') return `Not even ${beaten}: there is nothing to win.`
    return `Not even ${beaten}: what the learned policy won is not what the oracle measures.`
  }
  const { mean, low, high } = gapClosed
  const sign = mean < 0 ? -1 : 1
  const ends = [low, high].map((end) => sign * end).sort((a, b) => a - b)
  const range = Number.isFinite(low) ? ` (${ends.map((end) => formatPercent(end, 0)).join(' to ')})` : ''
  const gap = `the gap between ${reference} and ${oracle}`
  const share = `${formatPercent(sign * mean, 0)}${range}`
  return mean < 0 ? `It widens ${gap} by ${share}.` : `It closes ${share} of ${gap}.`
}

function errorsText({ errorRate }: ComparisonRow, comparison: Comparison): string {
  const other = rowOf(comparison, comparison.reference).errorRate
  if (errorRate === 0 && other === 0) return ''
  return `Failed requests: ${formatPercent(errorRate)}, ${formatPercent(other)} under ${comparison.reference}.`
}

function filled(texts: readonly string[]): string[] {
  return texts.filter((text) => text !== '')
}
