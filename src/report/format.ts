/**
 * Numbers as people read them, alike in the terminal and in HTML.
 *
 * A number that is not known (NaN, or the null that JSON makes of it) is a dash. Rounding never turns some into
 * none or nearly all into all: 3 failures in a million are not "0 %".
 */

const UNKNOWN = '–'

/** 1234567 as `1,234,567`, with so many decimals. */
export function formatNumber(value: number, decimals = 0): string {
  if (!Number.isFinite(value)) return UNKNOWN
  const [whole, fraction] = value.toFixed(decimals).split('.')
  // Not by `toLocaleString`, which makes a formatter for each number, and loads all locales for the first.
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** `1 request`, `2,000 requests`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(count)} ${count === 1 ? singular : plural}`
}

/** A latency with three significant digits: `0.42 ms`, `12.3 ms`, `512 ms`, `3.21 s`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN
  if (Math.abs(ms) < 9.995) return `${ms.toFixed(2)} ms`
  if (Math.abs(ms) < 99.95) return `${ms.toFixed(1)} ms`
  if (Math.abs(ms) < 999.5) return `${ms.toFixed(0)} ms`
  return `${formatNumber(ms / 1000, Math.abs(ms) < 9995 ? 2 : 1)} s`
}

/** A length of time: `850 ms`, `42.5 s`, `5m 30s`, `3h 05m`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m ${twoDigits(seconds % 60)}s`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${twoDigits(minutes % 60)}m`
}

/** A moment within a run: `0:00`, `12:30`, `1:05:00`. */
export function formatClock(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`
}

/** Something per second: `0.52/s`, `12.3/s`, `1,234/s`. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return UNKNOWN
  const decimals = perSecond >= 99.95 ? 0 : perSecond >= 9.995 ? 1 : 2
  return `${formatNumber(perSecond, decimals)}/s`
}

/** A share of 1 as a percentage: `12.34%`, `<0.01%`, `>99.99%`. */
export function formatPercent(share: number, decimals = 2): string {
  if (!Number.isFinite(share)) return UNKNOWN
  const step = 10 ** -decimals
  const percent = share * 100
  if (percent > 0 && percent < step / 2) return `<${step}%`
  if (percent < 100 && percent >= 100 - step / 2) return `>${100 - step}%`
  return `${formatNumber(percent, decimals)}%`
}

/** A reward or a loss: four significant digits, `-0.4137`, `12.83`. */
export function formatScore(score: number): string {
  if (!Number.isFinite(score)) return UNKNOWN
  if (score !== 0 && (Math.abs(score) < 0.001 || Math.abs(score) >= 1e6)) return score.toExponential(2)
  const decimals = Math.abs(score) < 1 ? 4 : Math.abs(score) < 100 ? 2 : 0
  return formatNumber(score, decimals)
}

/** A ratio to the reference: `0.918`. */
export function formatRatio(ratio: number): string {
  return formatNumber(ratio, 3)
}

/** A p-value: `0.031`, `<0.001`. */
export function formatPValue(value: number): string {
  return value < 0.001 ? '<0.001' : formatNumber(value, 3)
}

/** The interval of a ratio: `0.890 to 0.947`, or a dash where it is not known. */
export function formatRatioInterval(low: number, high: number): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return UNKNOWN
  return `${formatRatio(low)} to ${formatRatio(high)}`
}

/** Users that were there, of those planned: an open-loop phase plans none. */
export function formatUsers(meanUsers: number, plannedUsers: number): string {
  const mean = formatNumber(meanUsers, meanUsers < 10 ? 1 : 0)
  return plannedUsers > 0 ? `${mean} of ${formatNumber(plannedUsers)}` : mean
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** A number of a model: counts as they are, shares and means to two decimals. */
export function formatFact(value: number): string {
  return formatNumber(value, Number.isInteger(value) ? 0 : 2)
}

/** The name of a field as a person would write it: `meanDecisionGapMs` becomes `mean decision gap ms`. */
export function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** The most frequent ones first, and how many more there are: `ECONNRESET 9, UND_ERR_SOCKET 3`. */
export function detailsText(counts: Readonly<Record<string, number>>, most = 3): string {
  const all = Object.entries(counts).sort(([, a], [, b]) => b - a)
  const named = all.slice(0, most).map(([detail, count]) => `${detail} ${formatNumber(count)}`)
  return [...named, ...(all.length > most ? [`${all.length - most} more`] : [])].join(', ')
}

/** What is told of a model, in one line. */
export function factsText(facts: Readonly<Record<string, number>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${inWords(name)} ${formatFact(value)}`)
    .join(', ')
}

/** A number of which the unit is not known: three significant digits, or all of a whole number. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN
  if (Number.isInteger(value)) return formatNumber(value)
  return Math.abs(value) >= 100 ? formatNumber(value, 1) : String(Number(value.toPrecision(3)))
}
