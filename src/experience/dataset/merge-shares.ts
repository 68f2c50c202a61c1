/**
 * The records of the shares of one run as one run: side by side in time, where `merge` puts runs one behind the other.
 *
 * Shares of a virtual run have its very lines, with its numbers: together they are what the whole run wrote. Shares of a
 * live one each counted from 0 and met instances in an order of their own: decisions are numbered anew, by when they were
 * made (16 bytes per decision wait for that), and instances stand in one list.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { mergeSorted } from '../../core/index.ts'
import { readDataset } from '../read-dataset.ts'
import { experiencesOf, RecordedRun } from '../read-records.ts'
import type { DatasetDescription, ExperienceRecord, RecordedState } from '../record.ts'
import { DerivedRun, type DerivedRuns, leftOutOf, madeBy, problemsOf } from './derived-run.ts'
import { longer, requireSame } from './merge-runs.ts'

/** Then Ctrl-C gets its turn. */
const RECORDS_IN_A_ROW = 2_000
const US_PER_MS = 1000

interface Share {
  readonly run: RecordedRun
  readonly place: number
  /** By service, the place in the common list of each of its instances; undefined where that is the same one. */
  readonly places: Readonly<Record<string, readonly number[] | undefined>>
}

interface Line {
  readonly share: Share
  readonly record: ExperienceRecord
  readonly text: string
}

/**
 * Writes `dataset.json` and `experiences.jsonl` of the shares in `directories` into a folder.
 *
 * @param run id of the merged run
 * @throws DataError if a share cannot be read, or they are not of one run: the difference is named
 */
export async function mergeShares({
  directories,
  run: id,
  out,
}: {
  readonly directories: readonly string[]
  readonly run: string
  readonly out: string
}): Promise<DerivedRuns> {
  const runs = directories.map(openShare)
  const { description, places } = described(runs, id)
  const shares = runs.map((run, place): Share => ({ run, place, places: places[place]! }))
  const isWhole = description.world === 'virtual'
  const numbers = isWhole ? [] : await numbersOf(shares)
  const target = new DerivedRun(out, description, { requests: false })
  try {
    for (const line of mergeSorted(shares.map(linesOf), byCompletion)) {
      target.experiences.line(
        isWhole ? line.text : JSON.stringify(moved(line, id, numbers[line.share.place]!)),
      )
      if (target.experiences.lines % RECORDS_IN_A_ROW === 0) await nextTurn()
    }
  } finally {
    target.close()
  }
  return {
    runs: [{ directory: out, decisions: target.experiences.lines }],
    leftOut: leftOutOf(runs),
    problems: problemsOf(runs),
  }
}

/** Unlike other runs, a share may have no decision at all. */
function openShare(directory: string): RecordedRun {
  return new RecordedRun(experiencesOf(directory), readDataset(directory))
}

function described(
  runs: readonly RecordedRun[],
  id: string,
): { description: DatasetDescription; places: Share['places'][] } {
  const [first, ...others] = runs as [RecordedRun, ...RecordedRun[]]
  for (const other of others) requireSame(first, other)
  if (first.description.world === 'virtual') {
    return { description: { ...first.description, run: id }, places: runs.map(() => ({})) }
  }
  let { routes } = first.description
  for (const { description } of others) routes = longer(routes, description.routes) ?? routes
  const services: Record<string, readonly string[]> = {}
  const places = runs.map((): Record<string, readonly number[] | undefined> => ({}))
  for (const service of Object.keys(first.description.services)) {
    const union = unionOf(runs.map(({ description }) => description.services[service] ?? []))
    services[service] = union.all
    for (const [i, own] of union.places.entries()) {
      places[i]![service] = own.every((to, from) => to === from) ? undefined : own
    }
  }
  return {
    description: madeBy({ ...first.description, run: id, services, routes }, 'merge', runs),
    places,
  }
}

/** All items of several lists in the order in which they first come up, and where those of each list stand in it. */
export function unionOf(lists: readonly (readonly string[])[]): {
  readonly all: readonly string[]
  readonly places: readonly (readonly number[])[]
} {
  const all = [...new Set(lists.flat())]
  const placeOf = new Map(all.map((item, place) => [item, place]))
  return { all, places: lists.map((list) => list.map((item) => placeOf.get(item)!)) }
}

function* linesOf(share: Share): Generator<Line> {
  for (const { record, text } of share.run.lines()) yield { share, record, text }
}

/**
 * The order in which a run writes: when the answer is in and the next decision made; what is cut off at the end comes
 * last. At one and the same moment the answer was first, for it is what led to the decision.
 */
function byCompletion({ record: a }: Line, { record: b }: Line): number {
  if (a.truncated !== b.truncated) return a.truncated ? 1 : -1
  if (a.truncated) return a.decision - b.decision
  const [first, second] = [completion(a), completion(b)]
  return first.us - second.us || first.byDecision - second.byDecision || a.decision - b.decision
}

/** When a record was complete, and whether (1 or 0) by the next decision. */
function completion({ t, outcome, next }: ExperienceRecord): {
  readonly us: number
  readonly byDecision: number
} {
  const [latencyMs, dtMs] = [outcome?.latencyMs ?? 0, next?.dtMs ?? 0]
  return {
    us: Math.round((t + Math.max(latencyMs, dtMs)) * US_PER_MS),
    byDecision: latencyMs > dtMs ? 0 : 1,
  }
}

/** By share, the new number of each decision, NaN of one that is not on record. */
async function numbersOf(shares: readonly Share[]): Promise<Float64Array[]> {
  const times: Float64Array[] = []
  for (const { run } of shares) times.push(await timesOf(run))
  const numbers = times.map((own) => new Float64Array(own.length).fill(Number.NaN))
  const made = times.map((own, place) => decisionsOf(own, place))
  let number = 0
  for (const { place, decision } of mergeSorted(made, (a, b) => a.t - b.t))
    numbers[place]![decision] = number++
  return numbers
}

/** By decision, when it was made; NaN of one that is not on record. */
async function timesOf(run: RecordedRun): Promise<Float64Array> {
  let times = new Float64Array(1024).fill(Number.NaN)
  let lines = 0
  for (const { decision, t } of run.records()) {
    if (decision >= times.length) {
      const longer = new Float64Array(Math.max(2 * times.length, decision + 1)).fill(Number.NaN)
      longer.set(times)
      times = longer
    }
    times[decision] = t
    if (++lines % RECORDS_IN_A_ROW === 0) await nextTurn()
  }
  return times
}

interface MadeDecision {
  readonly place: number
  readonly decision: number
  readonly t: number
}

function* decisionsOf(times: Float64Array, place: number): Generator<MadeDecision> {
  for (const [decision, t] of times.entries()) if (!Number.isNaN(t)) yield { place, decision, t }
}

function moved({ share, record }: Line, run: string, numbers: Float64Array): ExperienceRecord {
  const { outcome, decision, service } = record
  const places = share.places[service]
  return {
    ...record,
    run,
    decision: numbers[decision]!,
    ...(places === undefined ? {} : ordered(record, places)),
    outcome: outcome === null ? null : { ...outcome, retryOf: renumbered(outcome.retryOf, numbers) },
  }
}

/** An attempt that is not on record is no longer to be named. */
function renumbered(decision: number | null, numbers: Float64Array): number | null {
  const number = decision === null ? undefined : numbers[decision]
  return number === undefined || Number.isNaN(number) ? null : number
}

/** The parts of a record in which instances stand by their places. */
function ordered(
  { state, next, action, propensity }: ExperienceRecord,
  places: readonly number[],
): Pick<ExperienceRecord, 'state' | 'next' | 'action' | 'propensity'> {
  return {
    state: withRows(state, places),
    next: next === null ? null : withRows(next, places),
    action: action === null ? null : { ...action, index: places[action.index]! },
    propensity: propensity === null ? null : spread(propensity, places, 0),
  }
}

function withRows<State extends RecordedState>(state: State, places: readonly number[]): State {
  return { ...state, instances: spread(state.instances, places, null) }
}

/** Each item at its new place; `none` where nobody stands. */
function spread<Item>(items: readonly Item[], places: readonly number[], none: Item): Item[] {
  const length = Math.max(0, ...items.map((_, i) => places[i]! + 1))
  const result = new Array<Item>(length).fill(none)
  for (const [i, item] of items.entries()) result[places[i]!] = item
  return result
}
