/**
 * Thresholds: what must hold at the end of a run, of all requests or of some of them.
 *
 * A metric is written as its name (`p95LatencyMs`, `rate(cache_hits)`), and behind it in braces, as in k6, the tags of
 * the requests that are meant: `p95LatencyMs{action:search,kind:read}`.
 */

/** `metric operator limit` must hold at the end of the run, or the exit code is 99. */
export interface Threshold {
  /** As it was written, its selectors included. */
  readonly metric: string
  readonly operator: '<' | '<=' | '>' | '>='
  readonly limit: number
  /** The run is stopped as soon as it does not hold, but not before this time of the run; not there: never. */
  readonly abortAfterMs?: number
}

/** What is taken of a distribution: its mean, an end of it, or the value below which so much of it is. */
export type Statistic = 'mean' | 'min' | 'max' | { readonly quantile: number }

/** What of a metric that a script measures: a statistic of a trend or gauge, or how much there was of it. */
export type OwnStatistic = Statistic | 'count' | 'rate' | 'value' | 'perSecond'

export type Measure =
  | { readonly of: 'latency' | 'serviceTime'; readonly statistic: Statistic }
  | { readonly of: 'errorRate' | 'checkRate' | 'requestsPerSecond' | 'requests' | 'droppedRate' }
  | { readonly of: 'own'; readonly metric: string; readonly statistic: OwnStatistic }

/** Tag to the value that a request must have of it. */
export type Selectors = Readonly<Record<string, string>>

export interface ThresholdMetric {
  readonly measure: Measure
  readonly selectors: Selectors
}

/** Names for hints and plans; every percentile is one, too: `p75LatencyMs`, `p99.5ServiceTimeMs`. */
export const THRESHOLD_METRICS = [
  'meanLatencyMs',
  'p50LatencyMs',
  'p90LatencyMs',
  'p95LatencyMs',
  'p99LatencyMs',
  'p999LatencyMs',
  'maxLatencyMs',
  'errorRate',
  'checkRate',
  'requestsPerSecond',
  'requests',
  'droppedRate',
  'minLatencyMs',
  'meanServiceTimeMs',
  'p50ServiceTimeMs',
  'p90ServiceTimeMs',
  'p95ServiceTimeMs',
  'p99ServiceTimeMs',
  'p999ServiceTimeMs',
  'maxServiceTimeMs',
  'minServiceTimeMs',
] as const

const SIMPLE = ['errorRate', 'checkRate', 'requestsPerSecond', 'requests', 'droppedRate'] as const
const WRITTEN = /^([^{}]+?)\s*(?:\{(.*)\})?$/
const TIMED = /^(.+?)(LatencyMs|ServiceTimeMs)$/
const OWN = /^([\w.]+)\(([^()]+)\)$/
const OWN_WORDS = ['mean', 'min', 'max', 'count', 'rate', 'value', 'perSecond'] as const

/** Undefined if it is no metric. Whether what it names is there is for the scenario to say. */
export function parseThresholdMetric(text: string): ThresholdMetric | undefined {
  const match = WRITTEN.exec(text.trim())
  if (match === null) return undefined
  const measure = parseMeasure(match[1]!)
  const selectors = parseSelectors(match[2])
  return measure === undefined || selectors === undefined ? undefined : { measure, selectors }
}

/** The metric without its selectors. */
export function metricName(text: string): string {
  return WRITTEN.exec(text.trim())?.[1] ?? text
}

function parseMeasure(name: string): Measure | undefined {
  const simple = SIMPLE.find((one) => one === name)
  if (simple !== undefined) return { of: simple }
  const timed = TIMED.exec(name)
  if (timed !== null) {
    const statistic = parseStatistic(timed[1]!)
    return statistic && { of: timed[2] === 'LatencyMs' ? 'latency' : 'serviceTime', statistic }
  }
  const own = OWN.exec(name)
  if (own === null) return undefined
  const statistic = OWN_WORDS.find((word) => word === own[1]) ?? parseStatistic(own[1]!)
  return statistic && { of: 'own', metric: own[2]!.trim(), statistic }
}

/** `p95` is the 95th percentile, and `p999` is 99.9: the point of more digits is behind the nines. */
function parseStatistic(word: string): Statistic | undefined {
  if (word === 'mean' || word === 'min' || word === 'max') return word
  const digits = /^p(\d{1,2}(?:\.\d+)?|100|99\d+)$/.exec(word)?.[1]
  if (digits === undefined) return undefined
  const isShort = digits.includes('.') || digits.length < 3 || digits === '100'
  const percent = Number(isShort ? digits : `${digits.slice(0, 2)}.${digits.slice(2)}`)
  // 99.9 / 100 is a little less than 0.999, which is of one request more or less.
  return { quantile: Number((percent / 100).toPrecision(12)) }
}

function parseSelectors(text: string | undefined): Selectors | undefined {
  if (text === undefined) return {}
  const pairs = text.split(',').map((pair) => /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(pair))
  if (pairs.some((pair) => pair === null || pair[2] === '')) return undefined
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]))
}
