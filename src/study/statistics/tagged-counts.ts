/**
 * The requests of a run by their tags: those that a threshold selects, and a table of the tags that scripts have given.
 *
 * What a request is selected for follows from its phase, its behaviour and its place in the script; it is worked out
 * once for each of those and found again by the identity of its tags. Only what the reply decides (status, failure)
 * is looked at request by request.
 */
import type { Tags } from '../../core/index.ts'
import { fullServiceName, parseThresholdMetric, type Scenario, type Selectors } from '../../scenario/index.ts'
import { Histogram, type HistogramJson, type Mergeable, PartsByName } from '../../stats/index.ts'
import type { FinishedRequest } from '../../worlds/index.ts'
import { RequestCounts, type RequestCountsJson } from './request-counts.ts'

/** More values of a tag than this share one row. */
const MOST_VALUES = 100
export const OTHER_VALUES = 'other'
/** Tags that a reply decides, or that a script may not know. */
const OF_REPLY = ['status', 'failure', 'expected', 'service']

interface SubsetJson {
  readonly candidates: number
  readonly counts: RequestCountsJson
  readonly serviceTime: HistogramJson
}

/** The requests that a threshold is about. */
export class Subset implements Mergeable<SubsetJson> {
  /** Requests that had all the tags that are asked for, whatever the reply was: without any, nothing was measured. */
  candidates = 0
  readonly counts = new RequestCounts()
  readonly serviceTime = new Histogram()

  merge({ candidates, counts, serviceTime }: Subset): void {
    this.candidates += candidates
    this.counts.merge(counts)
    this.serviceTime.merge(serviceTime)
  }

  toJSON(): SubsetJson {
    const { candidates, counts, serviceTime } = this
    return { candidates, counts: counts.toJSON(), serviceTime: serviceTime.toJSON() }
  }

  static fromJSON({ candidates, counts, serviceTime }: SubsetJson): Subset {
    const subset = new Subset()
    subset.candidates = candidates
    subset.counts.merge(RequestCounts.fromJSON(counts))
    subset.serviceTime.merge(Histogram.fromJSON(serviceTime))
    return subset
  }
}

/** Where requests of one kind count. */
interface Place {
  readonly subsets: readonly { readonly subset: Subset; readonly ofReply: readonly ReplyTest[] }[]
  readonly rows: readonly RequestCounts[]
}
type ReplyTest = (request: FinishedRequest) => boolean

/** By tag, then by value. */
type TagRows = PartsByName<PartsByName<RequestCounts>>

export interface TaggedCountsJson {
  readonly subsets: Readonly<Record<string, SubsetJson>>
  readonly tags: Readonly<Record<string, Readonly<Record<string, RequestCountsJson>>>>
}

export class TaggedCounts implements Mergeable<TaggedCountsJson> {
  readonly #scenario: Scenario
  readonly #profiles: readonly string[]
  readonly #selectors = new Map<string, Selectors>()
  readonly #subsets = new PartsByName(() => new Subset())
  readonly #rows: TagRows = new PartsByName(() => new PartsByName(() => new RequestCounts()))
  /** By tag: the values that have rows of their own. */
  readonly #values: ReadonlyMap<string, ReadonlySet<string>>
  /** By tags of the script (or the action of a shopper), then by phase and profile. */
  readonly #places = new Map<Tags | string, (Place | undefined)[]>()
  /** Neither a threshold nor a script asks for anything: nothing is to be done. */
  readonly #isIdle: boolean

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#profiles = Object.keys(scenario.behaviors)
    for (const { metric } of scenario.thresholds) {
      const selectors = parseThresholdMetric(metric)?.selectors ?? {}
      if (isSubset(selectors)) this.#selectors.set(keyOf(selectors), selectors)
    }
    for (const key of this.#selectors.keys()) this.#subsets.at(key)
    this.#values = scriptedValues(scenario)
    this.#isIdle = this.#selectors.size === 0 && this.#values.size === 0
  }

  add(request: FinishedRequest, latencyMs: number, failed: boolean): void {
    if (this.#isIdle) return
    const { subsets, rows } = this.#placeOf(request)
    for (let i = 0; i < rows.length; i++) rows[i]!.add(latencyMs, failed)
    for (let i = 0; i < subsets.length; i++) {
      const { subset, ofReply } = subsets[i]!
      subset.candidates++
      if (!ofReply.every((holds) => holds(request))) continue
      subset.counts.add(latencyMs, failed)
      // NaN: it never had a connection.
      if (!Number.isNaN(request.startMs)) subset.serviceTime.record(request.endMs - request.startMs)
    }
  }

  /** Undefined if no threshold asks for it. */
  subset(selectors: Selectors): Subset | undefined {
    return this.#subsets.get(keyOf(selectors))
  }

  /** By tag, then by value, in the order of the alphabet. */
  get rows(): ReadonlyMap<string, ReadonlyMap<string, RequestCounts>> {
    return this.#rows
  }

  merge(other: TaggedCounts): void {
    this.#subsets.merge(other.#subsets)
    this.#rows.merge(other.#rows)
  }

  toJSON(): TaggedCountsJson {
    return { subsets: this.#subsets.toJSON(), tags: this.#rows.toJSON() }
  }

  static fromJSON(scenario: Scenario, { subsets, tags }: TaggedCountsJson): TaggedCounts {
    const counts = new TaggedCounts(scenario)
    counts.#subsets.read(subsets, Subset.fromJSON)
    for (const [tag, rows] of Object.entries(tags)) counts.#rows.at(tag).read(rows, RequestCounts.fromJSON)
    return counts
  }

  #placeOf(request: FinishedRequest): Place {
    const { tags, action, origin } = request
    const known = tags ?? action
    let places = this.#places.get(known)
    if (places === undefined) this.#places.set(known, (places = []))
    const at = origin.phase * this.#profiles.length + origin.profile
    return (places[at] ??= this.#makePlace(request))
  }

  #makePlace({ action, profile, origin, tags }: FinishedRequest): Place {
    const phase = this.#scenario.phases[origin.phase]!
    const scripted: Tags = { ...phase.tags, ...this.#scenario.behaviors[profile]?.tags, ...tags }
    const all: Tags = { ...scripted, phase: phase.name, profile, action }
    const chosen = [...this.#selectors].filter(([, selectors]) =>
      Object.entries(selectors).every(([tag, value]) => OF_REPLY.includes(tag) || all[tag] === value),
    )
    return {
      subsets: chosen.map(([key, selectors]) => ({
        subset: this.#subsets.at(key),
        ofReply: Object.entries(selectors).flatMap(([tag, value]) => replyTest(tag, value) ?? []),
      })),
      rows: Object.entries(scripted).map(([tag, value]) => {
        const own = this.#values.get(tag)?.has(value)
        return this.#rows.at(tag).at(own ? value : OTHER_VALUES)
      }),
    }
  }
}

/** Checks are counted elsewhere, and by their names alone. */
function isSubset(selectors: Selectors): boolean {
  return Object.keys(selectors).length > 0 && selectors.check === undefined
}

function keyOf(selectors: Selectors): string {
  return JSON.stringify(Object.entries(selectors).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `5xx` is every status that begins like that; `none` every request without a failure. */
function replyTest(tag: string, value: string): ReplyTest | undefined {
  switch (tag) {
    case 'status':
      return /^[1-5]xx$/.test(value)
        ? ({ reply }) => Math.floor(reply.status / 100) === Number(value[0])
        : ({ reply }) => String(reply.status) === value
    case 'failure':
      return ({ failure }) => (failure ?? 'none') === value
    case 'expected':
      return ({ expected }) => String(expected) === value
    case 'service': {
      const service = fullServiceName(value)
      return (request) => request.service === service
    }
    default:
      return undefined
  }
}

/** The first of the values that the scenario itself gives each tag: the same in every process. */
function scriptedValues({ phases, behaviors }: Scenario): Map<string, Set<string>> {
  const all = Object.values(behaviors)
  const requests = all.flatMap((behavior) => (behavior.kind === 'flow' ? behavior.requests : []))
  const values = new Map<string, Set<string>>()
  for (const { tags = {} } of [...phases, ...all, ...requests]) {
    for (const [tag, value] of Object.entries(tags)) {
      const known = values.get(tag) ?? new Set()
      values.set(tag, known)
      if (known.size < MOST_VALUES) known.add(value)
    }
  }
  return values
}
