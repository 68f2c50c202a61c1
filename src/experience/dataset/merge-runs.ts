/**
 * `merge`: several runs as one, one behind the other.
 *
 * Decisions are numbered anew, and the clock goes on where the run before ended: what is split by time later is split
 * between runs before it is split within one. The last decisions of every run stay truncated. Traces are told apart as
 * well: runs of one seed have the same, and a decision finds its session by its trace.
 */
import { DataError, keyOf, sha256Hex } from '../../core/index.ts'
import { openDistinctRuns, type RecordedRun } from '../read-records.ts'
import type { DatasetDescription, ExperienceRecord } from '../record.ts'
import { DerivedRun, type DerivedRuns, isSame, leftOutOf, madeBy, problemsOf } from './derived-run.ts'
import { writeFreshDirectory } from './fresh-directory.ts'
import { readRequests, requestsFileOf } from './session-index.ts'

/** Between two runs, so that nobody takes the first of one for what followed on the last of the other. */
const GAP_MS = 60_000
const TRACE = /^[0-9a-f]{32}$/
const NO_TRACE = '0'.repeat(32)
const MARKED_DIGITS = 8

/** @throws DataError if a run cannot be read, or the runs are not alike: the difference is named */
export async function mergeRuns({
  runs: paths,
  out,
}: {
  readonly runs: readonly string[]
  readonly out: string
}): Promise<DerivedRuns> {
  const runs = openDistinctRuns(paths)
  const description = merged(runs)
  const requests = runs.every((run) => requestsFileOf(run) !== undefined)
  return await writeFreshDirectory(out, (partial) => {
    const target = new DerivedRun(partial, description, { requests })
    try {
      appendAll(runs, description.run, target)
    } finally {
      target.close()
    }
    if (target.experiences.lines === 0)
      throw new DataError(`${runs[0]!.file}: no usable record in any of the runs`)
    const missing = requests
      ? []
      : ['not every run has a requests.jsonl: the merged one has none, and knows no sessions']
    return {
      runs: [{ directory: out, decisions: target.experiences.lines }],
      leftOut: leftOutOf(runs),
      problems: [...problemsOf(runs), ...missing],
    }
  })
}

function appendAll(runs: readonly RecordedRun[], id: string, target: DerivedRun): void {
  let [firstDecision, startMs, firstSession] = [0, 0, 0]
  for (const [place, run] of runs.entries()) {
    const mark = place === 0 ? 0 : keyOf(`${id}/${place}`)
    let [lastDecision, endMs, lastSession] = [-1, 0, -1]
    for (const record of run.records()) {
      target.experiences.line(JSON.stringify(moved(record, id, firstDecision, startMs, mark)))
      lastDecision = Math.max(lastDecision, record.decision)
      endMs = Math.max(
        endMs,
        record.t + (record.next?.dtMs ?? 0),
        record.t + (record.outcome?.latencyMs ?? 0),
      )
    }
    if (target.requests !== undefined) {
      for (const { text, session, trace } of readRequests(requestsFileOf(run)!)) {
        const { intendedMs, startMs: sentMs, ...rest } = JSON.parse(text) as Record<string, number>
        const where = {
          trace: marked(trace, mark),
          session: session + firstSession,
          intendedMs: thousandth(intendedMs! + startMs),
          startMs: thousandth(sentMs! + startMs),
        }
        target.requests.line(JSON.stringify({ ...rest, ...where }))
        lastSession = Math.max(lastSession, session)
      }
    }
    firstDecision += lastDecision + 1
    firstSession += lastSession + 1
    startMs = Math.ceil(startMs + endMs + GAP_MS)
  }
}

function moved(
  record: ExperienceRecord,
  run: string,
  first: number,
  startMs: number,
  mark: number,
): ExperienceRecord {
  const { outcome } = record
  const repeated = outcome === null ? null : outcome.retryOf
  return {
    ...record,
    run,
    decision: record.decision + first,
    trace: marked(record.trace, mark),
    t: thousandth(record.t + startMs),
    outcome: outcome === null || repeated === null ? outcome : { ...outcome, retryOf: repeated + first },
  }
}

/** The trace with other first 32 bits: the rest still tells which of its run it was. All zeros say that there is none. */
function marked(trace: string, mark: number): string {
  if (mark === 0 || !TRACE.test(trace) || trace === NO_TRACE) return trace
  const first = (Number.parseInt(trace.slice(0, MARKED_DIGITS), 16) ^ mark) >>> 0
  return first.toString(16).padStart(MARKED_DIGITS, '0') + trace.slice(MARKED_DIGITS)
}

function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000
}

/** One description for all. */
function merged(runs: readonly RecordedRun[]): DatasetDescription {
  const [first, ...others] = runs as [RecordedRun, ...RecordedRun[]]
  const services: Record<string, readonly string[]> = { ...first.description.services }
  let { routes } = first.description
  let { scenario } = first.description
  for (const other of others) {
    const { description } = other
    requireSame(first, other)
    routes =
      longer(routes, description.routes) ?? fail(first, other, 'routes', 'lists that go on differently')
    for (const [service, instances] of Object.entries(description.services)) {
      services[service] =
        longer(services[service] ?? [], instances) ??
        fail(first, other, `services.${service}`, 'other instances')
    }
    if (!isSame(scenario, description.scenario)) {
      scenario = { name: 'merged', hash: sha256Hex(`${scenario.hash}${description.scenario.hash}`) }
    }
  }
  const run = `merged-${sha256Hex(runs.map(({ description }) => description.run).join('\n')).slice(0, 12)}`
  return madeBy({ ...first.description, run, scenario, services, routes }, 'merge', runs)
}

export function requireSame(first: RecordedRun, other: RecordedRun): void {
  const [a, b] = [first.description, other.description]
  for (const field of [
    'contextFeatures',
    'instanceFeatures',
    'strategies',
    'reward',
    'world',
    'observedBy',
  ] as const) {
    if (isSame(a[field] ?? null, b[field] ?? null)) continue
    const fix =
      field === 'reward' ? 'make them alike with "loadgen dataset reward"' : 'merge runs of one kind only'
    fail(first, other, field, `not the same: ${fix}`)
  }
}

/** The longer of two lists if it begins with the other: instances are added behind those that are there. */
export function longer(a: readonly string[], b: readonly string[]): readonly string[] | undefined {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.every((item, i) => item === long[i]) ? long : undefined
}

function fail(first: RecordedRun, other: RecordedRun, field: string, how: string): never {
  throw new DataError(`${other.file}: cannot be merged with ${first.file}: ${field}: ${how}`)
}
