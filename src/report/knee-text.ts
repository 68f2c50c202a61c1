/** A search for a knee, for the terminal: what was found, how sure it is, and every rate that was tried. */
import type { Knee, TriedRate } from '../study/index.ts'
import { formatCount, formatDuration, formatMs, formatPercent, formatRate } from './format.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

export function kneeText(knee: Knee, style: Style): string {
  const { scenario, phase, time, rates } = knee
  const each = `${formatDuration(time.windowMs)} each, after ${formatDuration(time.warmUpMs)} to gather`
  return [
    style.heading(
      `${scenario.name}, phase ${phase}: the highest rate of sessions at which all thresholds hold`,
    ),
    '',
    ...kneeFindings(knee).map(({ text, tone }) => `  ${tone === undefined ? text : style[tone](text)}`),
    '',
    ...(rates.length === 0 ? ['  no rate was tried'] : ratesTable(rates, style)),
    '',
    style.dim(`  thresholds: ${thresholdsText(knee)}`),
    style.dim(`  ${formatCount(triesOf(knee), 'try', 'tries')}, ${each}; sessions come at random (Poisson)`),
  ].join('\n')
}

interface KneeFinding {
  readonly text: string
  readonly tone?: 'good' | 'warn' | 'bad'
}

/** What the repeats come to, in whole sentences: a number only where every repeat found one. */
function kneeFindings(knee: Knee): KneeFinding[] {
  const found = knee.knee === null ? boundFindings(knee) : [numberFinding(knee)]
  return [
    ...(knee.interrupted
      ? [{ text: 'Interrupted: this is what was tried until then.', tone: 'warn' as const }]
      : []),
    ...found,
    ...everywhere(knee),
    ...(knee.unmeasured.length === 0
      ? []
      : [{ text: `Never measured, so never broken: ${knee.unmeasured.join(', ')}`, tone: 'warn' as const }]),
    ...(knee.mixed
      ? [
          {
            text:
              'Some rates broke although higher ones held: the outcome of one try is partly luck there; ' +
              'measure for longer (--seconds), or look at the table.',
            tone: 'warn' as const,
          },
        ]
      : []),
  ]
}

function numberFinding({ knee, repeats }: Knee): KneeFinding {
  const { mean, low, high } = knee!
  const range = `${formatSearchedRate(low)} to ${formatSearchedRate(high)}`
  const sure =
    repeats.length === 1
      ? `between ${range} in the one repeat`
      : `95% interval ${range}, ${repeats.length} repeats`
  return { text: `Knee at ${formatSearchedRate(mean)} (${sure})`, tone: 'good' }
}

/** Of repeats that found no end, what each of them knows. */
function boundFindings({ repeats, search }: Knee): KneeFinding[] {
  const of = (kind: string): number => repeats.filter(({ bracket }) => bracket?.kind === kind).length
  const all = repeats.length
  const share = (count: number): string => (count === all ? '' : ` in ${count} of ${all} repeats`)
  const findings: KneeFinding[] = []
  const holding = of('holds-throughout')
  if (holding > 0) {
    const most = `the highest rate that was asked for (--to)`
    findings.push({
      text: `No knee below ${formatSearchedRate(search.highest)}${share(holding)}: ${most} holds.`,
    })
  }
  const breaking = of('breaks-throughout')
  if (breaking > 0) {
    const least = `the lowest that was asked for (--from)`
    findings.push({
      text: `No rate holds${share(breaking)}: even ${formatSearchedRate(search.lowest)}, ${least}, breaks.`,
      tone: 'bad',
    })
  }
  const saturated = of('generator')
  if (saturated > 0) {
    const reached = Math.max(
      ...repeats.flatMap(({ bracket }) => (bracket?.kind === 'generator' ? [bracket.holds ?? 0] : [])),
    )
    findings.push({
      text:
        `The generator, not the target, came to its end${share(saturated)}: the target holds ${formatSearchedRate(reached)}, and ` +
        'what it does beyond is not known; use more processes or machines.',
      tone: 'warn',
    })
  }
  const found = of('found')
  if (found > 0) findings.push({ text: `Found${share(found)}: see the table; no number for all of them.` })
  if (of('inconclusive') > 0)
    findings.push({ text: `No end of it${share(of('inconclusive'))}.`, tone: 'warn' })
  return findings
}

function everywhere({ holdsUpTo, breaksFrom, repeats }: Knee): KneeFinding[] {
  if (repeats.length < 2) return []
  const texts = [
    ...(holdsUpTo === null ? [] : [`held in every repeat: ${formatSearchedRate(holdsUpTo)}`]),
    ...(breaksFrom === null ? [] : [`in none: ${formatSearchedRate(breaksFrom)}`]),
  ]
  return texts.length === 0 ? [] : [{ text: texts.join('; ') }]
}

function ratesTable(rates: readonly TriedRate[], style: Style): string[] {
  return textTable(
    columns([], ['sessions', 'tries', 'held', 'requests', 'p95', 'failed']).concat(columns(['broken'], [])),
    rates.map((rate) => [
      formatSearchedRate(rate.sessionsPerSecond),
      String(rate.tries),
      heldText(rate, style),
      formatRate(rate.requestsPerSecond),
      formatMs(rate.p95LatencyMs),
      formatPercent(rate.errorRate),
      brokenText(rate),
    ]),
    style,
  )
}

function heldText({ holdShare }: TriedRate, style: Style): string {
  const text = formatPercent(holdShare, 0)
  if (holdShare === 1) return style.good(text)
  return holdShare === 0 ? style.bad(text) : style.warn(text)
}

function brokenText({ broken, tries }: TriedRate): string {
  return Object.entries(broken)
    .map(([what, count]) => (count === tries ? what : `${what} (${count})`))
    .join(', ')
}

function thresholdsText({ thresholds }: Knee): string {
  return thresholds.map(({ metric, operator, limit }) => `${metric} ${operator} ${limit}`).join(', ')
}

function triesOf({ repeats }: Knee): number {
  return repeats.reduce((sum, { tries }) => sum + tries.length, 0)
}

/** A rate with as many digits as tell a small one from 0. */
export function formatSearchedRate(perSecond: number): string {
  return perSecond > 0 && perSecond < 0.1 ? `${Number(perSecond.toPrecision(2))}/s` : formatRate(perSecond)
}
