/** The words of a search for a knee, and what several searches come to: the shape of `knee.json`. */
import type { World } from '../../core/index.ts'
import type { Threshold } from '../../scenario/index.ts'
import { type MeanInterval, meanInterval } from '../../stats/index.ts'
import type { MeasuredTime } from './rate-scenario.ts'
import type { KneeBracket, KneeSearchOptions } from './search-knee.ts'
import type { RateTry } from './try-rate.ts'

/** One search, with a seed of its own. */
export interface KneeRepeat {
  readonly seed: number
  /** Null while it was interrupted. */
  readonly bracket: KneeBracket | null
  /** In the order in which they were made. */
  readonly tries: readonly RateTry[]
}

/** All tries of one rate. */
export interface TriedRate {
  readonly sessionsPerSecond: number
  readonly tries: number
  /** Share of the tries in which all thresholds held. */
  readonly holdShare: number
  readonly saturated: number
  /** Means over the tries. */
  readonly requestsPerSecond: number
  readonly p95LatencyMs: number
  readonly errorRate: number
  /** What broke, and in how many tries. */
  readonly broken: Readonly<Record<string, number>>
}

export interface Knee {
  readonly version: 1
  readonly scenario: { readonly name: string; readonly source: string; readonly hash: string }
  readonly phase: string
  readonly world: World
  readonly target: string
  readonly policy: string
  readonly thresholds: readonly Threshold[]
  readonly time: MeasuredTime
  readonly search: KneeSearchOptions
  /**
   * Sessions per second: the mean of the middles of the repeats' brackets, with a 95 % interval that goes from that of
   * their lower ends to that of their upper ones, so that what the search left open is in it. Null unless every
   * repeat found one.
   */
  readonly knee: MeanInterval | null
  /** The rate that held in every repeat that knows one, and what broke in every; null where there is none. */
  readonly holdsUpTo: number | null
  readonly breaksFrom: number | null
  /** Metrics of thresholds that no try could measure: whether they hold is not known. */
  readonly unmeasured: readonly string[]
  /** Whether a rate broke in a repeat in which a higher one held. */
  readonly mixed: boolean
  readonly interrupted: boolean
  readonly repeats: readonly KneeRepeat[]
  /** From the lowest to the highest. */
  readonly rates: readonly TriedRate[]
}

type KneeNumbers = Pick<Knee, 'knee' | 'holdsUpTo' | 'breaksFrom' | 'unmeasured' | 'mixed' | 'rates'>

/** What the repeats come to. */
export function kneeOf(repeats: readonly KneeRepeat[]): KneeNumbers {
  const done = repeats.flatMap(({ bracket }) => (bracket === null ? [] : [bracket]))
  const found = done.filter(({ kind }) => kind === 'found')
  const [holds, breaks] = [boundsOf(done, 'holds'), boundsOf(done, 'breaks')]
  return {
    knee: found.length === repeats.length && found.length > 0 ? interval(found) : null,
    holdsUpTo: holds.length < done.length || holds.length === 0 ? null : Math.min(...holds),
    breaksFrom: breaks.length < done.length || breaks.length === 0 ? null : Math.max(...breaks),
    unmeasured: unmeasuredIn(repeats.flatMap(({ tries }) => tries)),
    mixed: done.some(({ mixed }) => mixed),
    rates: ratesOf(repeats.flatMap(({ tries }) => tries)),
  }
}

function boundsOf(brackets: readonly KneeBracket[], side: 'holds' | 'breaks'): number[] {
  return brackets.flatMap((bracket) => bracket[side] ?? [])
}

/** The brackets of one repeat are all that is known of it; of several, their scatter comes on top. */
function interval(found: readonly KneeBracket[]): MeanInterval {
  const [lower, upper] = [boundsOf(found, 'holds'), boundsOf(found, 'breaks')]
  const middles = lower.map((low, i) => Math.sqrt(low * upper[i]!))
  const { mean } = meanInterval(middles)
  if (found.length === 1) return { mean, low: lower[0]!, high: upper[0]! }
  return { mean, low: Math.max(0, meanInterval(lower).low), high: meanInterval(upper).high }
}

function unmeasuredIn(tries: readonly RateTry[]): string[] {
  const measured = new Set<string>()
  const all = tries.flatMap(({ thresholds }) => thresholds)
  for (const { metric, value } of all) if (!Number.isNaN(value)) measured.add(metric)
  return [...new Set(all.map(({ metric }) => metric))].filter((metric) => !measured.has(metric))
}

function ratesOf(tries: readonly RateTry[]): TriedRate[] {
  const byRate = new Map<number, RateTry[]>()
  for (const one of tries) {
    byRate.set(one.sessionsPerSecond, [...(byRate.get(one.sessionsPerSecond) ?? []), one])
  }
  return [...byRate]
    .sort(([a], [b]) => a - b)
    .map(([sessionsPerSecond, own]) => ({
      sessionsPerSecond,
      tries: own.length,
      holdShare: own.filter(({ verdict }) => verdict === 'holds').length / own.length,
      saturated: own.filter(({ verdict }) => verdict === 'saturated').length,
      requestsPerSecond: meanOf(own, 'requestsPerSecond'),
      p95LatencyMs: meanOf(own, 'p95LatencyMs'),
      errorRate: meanOf(own, 'errorRate'),
      broken: counted(own.flatMap(({ reasons }) => reasons)),
    }))
}

/** Over the tries in which it was measured. */
function meanOf(
  tries: readonly RateTry[],
  field: 'requestsPerSecond' | 'p95LatencyMs' | 'errorRate',
): number {
  const values = tries.map((one) => one[field]).filter(Number.isFinite)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
