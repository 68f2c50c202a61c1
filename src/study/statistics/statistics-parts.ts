/**
 * The parts of a run's statistics: what `statistics.json` keeps, and what is added up when runs are merged.
 *
 * A new part is a field of `RunStatistics` that is `Mergeable`, and one line here, which says how it is read.
 */
import { DataError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import {
  CountsByName,
  countersFromJSON,
  Histogram,
  type HistogramJson,
  type Mergeable,
  PartsByName,
} from '../../stats/index.ts'
import { Fidelity } from '../../worlds/index.ts'
import { AttemptCounts } from './attempt-counts.ts'
import { FailureDetails } from './failure-details.ts'
import { FaultEffects, type FaultEffectsJson } from './fault-effects.ts'
import { OwnMetric, type OwnMetricJson, ownMetrics } from './own-metrics.ts'
import { PhaseStatistics, type PhaseStatisticsJson } from './phase-statistics.ts'
import { RequestCounts, type RequestCountsJson } from './request-counts.ts'
import type { RunStatistics } from './run-statistics.ts'
import { TaggedCounts, type TaggedCountsJson } from './tagged-counts.ts'
import { TimeSeries } from './time-series.ts'

export const STATISTICS_VERSION = 1

type CountersJson<Name extends string> = Readonly<Record<string, Readonly<Record<Name, number>>>>

const PARTS = {
  total: RequestCounts.fromJSON,
  serviceTime: Histogram.fromJSON,
  byAction: (json: Readonly<Record<string, RequestCountsJson>>) =>
    new PartsByName(() => new RequestCounts()).read(json, RequestCounts.fromJSON),
  serviceTimeByAction: (json: Readonly<Record<string, HistogramJson>>) =>
    new PartsByName(() => new Histogram()).read(json, Histogram.fromJSON),
  serviceTimeByPhase: (json: readonly HistogramJson[]) => json.map(Histogram.fromJSON),
  phases: (json: readonly PhaseStatisticsJson[]) => json.map(PhaseStatistics.fromJSON),
  failures: CountsByName.fromJSON,
  failureDetails: FailureDetails.fromJSON,
  mistakes: (json: CountersJson<'refused' | 'otherwise'>) => readCounters(json),
  attempts: AttemptCounts.fromJSON,
  faults: (json: FaultEffectsJson, scenario: Scenario) => FaultEffects.fromJSON(scenario, json),
  checks: (json: CountersJson<'passes' | 'fails'>) => readCounters(json),
  own: (json: Readonly<Record<string, OwnMetricJson>>, scenario: Scenario) =>
    ownMetrics(scenario).read(json, OwnMetric.fromJSON),
  tagged: (json: TaggedCountsJson, scenario: Scenario) => TaggedCounts.fromJSON(scenario, json),
  series: TimeSeries.fromJSON,
  generator: Fidelity.fromJSON,
  sessions: countersFromJSON<'started' | 'completed' | 'ordered' | 'dropped'>,
  unlogged: countersFromJSON<'requests'>,
} satisfies Partial<Record<keyof RunStatistics, (json: never, scenario: Scenario) => unknown>>

type PartName = keyof typeof PARTS
type Part = Mergeable | readonly Mergeable[]

/** All parts by name, as `toJSON` of each gives them. */
export type RunStatisticsJson = { readonly version: number } & {
  readonly [Name in PartName]: Parameters<(typeof PARTS)[Name]>[0]
}

const NAMES = Object.keys(PARTS) as PartName[]

export function partsToJSON(statistics: RunStatistics): RunStatisticsJson {
  const parts = NAMES.map((name) => [name, partToJSON(statistics[name])])
  return { version: STATISTICS_VERSION, ...Object.fromEntries(parts) }
}

export function mergeParts(statistics: RunStatistics, other: RunStatistics): void {
  for (const name of NAMES) mergePart(statistics[name], other[name])
}

/** Adds to `statistics`, which is empty, what the JSON says. @throws DataError if it does not say it */
export function partsFromJSON(
  statistics: RunStatistics,
  scenario: Scenario,
  json: RunStatisticsJson,
): RunStatistics {
  if (json.version !== STATISTICS_VERSION) {
    throw new DataError(
      `statistics: version: expected ${STATISTICS_VERSION}, got ${JSON.stringify(json.version)}: ` +
        'read them with the release that wrote them',
    )
  }
  for (const name of NAMES) {
    try {
      const read = PARTS[name] as (json: unknown, scenario: Scenario) => Part
      mergePart(statistics[name], read(json[name], scenario))
    } catch (error) {
      throw new DataError(
        `statistics: ${name}: missing, or not as "loadgen run" writes it (${(error as Error).message}): ` +
          'copy the file again, or record the run again',
      )
    }
  }
  return statistics
}

function partToJSON(part: Part): unknown {
  return Array.isArray(part) ? part.map((one) => one.toJSON()) : (part as Mergeable).toJSON()
}

function mergePart(part: Part, other: Part): void {
  if (!Array.isArray(part)) return (part as Mergeable).merge(other as Mergeable)
  const others = other as readonly Mergeable[]
  if (part.length !== others.length) {
    throw new RangeError(`cannot merge ${others.length} into ${part.length}: they are of another scenario`)
  }
  for (const [i, one] of part.entries()) one.merge(others[i])
}

function readCounters<Name extends string>(
  json: CountersJson<Name>,
): PartsByName<ReturnType<typeof countersFromJSON<Name>>> {
  const counters = new PartsByName<ReturnType<typeof countersFromJSON<Name>>>(() => {
    throw new Error('never asked for a name that it has not')
  })
  for (const [name, counts] of Object.entries(json)) counters.set(name, countersFromJSON(counts))
  return counters
}
