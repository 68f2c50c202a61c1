/** `stats`: what is in recorded runs, and whether a router can be learned from them and judged by them. */
import { DataError } from '../../core/index.ts'
import type { ColumnBatch } from '../columns/column-batch.ts'
import { openDistinctRuns, type RecordedRun } from '../read-records.ts'
import { busyClass } from './action-coverage.ts'
import { isSame, leftOutOf, problemsOf } from './derived-run.ts'
import { GroupCounts, type GroupStatistics } from './group-statistics.ts'
import { ReportAges } from './report-ages.ts'
import { type Criterion, successCriteria } from './success-criteria.ts'

export const GROUPINGS = ['phase', 'service', 'profile'] as const
export type Grouping = (typeof GROUPINGS)[number]

export interface DatasetStatistics {
  readonly runs: readonly string[]
  readonly all: GroupStatistics
  readonly groups: Readonly<Record<Grouping, Readonly<Record<string, GroupStatistics>>>>
  readonly criteria: readonly Criterion[]
  /** Lines that could not be used, by fault. */
  readonly leftOut: Readonly<Record<string, number>>
  readonly problems: readonly string[]
}

const NOBODYS = '(none)'
const BUSY_CLASSES = 8

/** @throws DataError if a run cannot be read, is named twice, or has other features than the first */
export function datasetStatistics(paths: readonly string[]): DatasetStatistics {
  const runs = openDistinctRuns(paths)
  for (const run of runs.slice(1)) requireSameFeatures(runs[0]!, run)
  const counting = new Counting()
  for (const run of runs) counting.addRun(run)
  const { contextFeatures, instanceFeatures } = runs[0]!.description
  const result = (counts: GroupCounts) => counts.result(contextFeatures, instanceFeatures)
  const groups = Object.fromEntries(
    GROUPINGS.map((grouping) => {
      const named = [...counting.groups[grouping]].map(([name, counts]) => [name, result(counts)] as const)
      return [grouping, Object.fromEntries(named)] as const
    }),
  ) as DatasetStatistics['groups']
  const all = result(counting.all)
  return {
    runs: runs.map((run) => run.file),
    all,
    groups,
    criteria: successCriteria(all, counting.untried()),
    leftOut: leftOutOf(runs),
    problems: problemsOf(runs),
  }
}

/** Features are counted by their place. */
function requireSameFeatures(first: RecordedRun, other: RecordedRun): void {
  const differing = (['contextFeatures', 'instanceFeatures'] as const).find(
    (field) => !isSame(first.description[field], other.description[field]),
  )
  if (differing === undefined) return
  throw new DataError(
    `${other.file}: ${differing}: not those of ${first.file}: look at runs with other features by themselves`,
  )
}

class Counting {
  readonly all = new GroupCounts()
  readonly groups: Record<Grouping, Map<string, GroupCounts>> = {
    phase: new Map(),
    service: new Map(),
    profile: new Map(),
  }
  /** Numbers of services and routes that hold for all runs. */
  readonly #numbers = new Map<string, number>()
  /** Decisions by phase, service and instance. */
  readonly #tried = new Map<string, Map<string, number[]>>()

  addRun(run: RecordedRun): void {
    const { services, contextFeatures, instanceFeatures } = run.description
    const names = Object.keys(services)
    const inFlight = contextFeatures.indexOf('inFlight')
    const ages = new ReportAges(instanceFeatures)
    for (const batch of run.columns()) {
      const { columns, texts, widths } = batch
      for (let row = 0; row < batch.rows; row++) {
        const service = names[columns.service[row]!]!
        const phase = texts[columns.phase[row]!] ?? NOBODYS
        const route = texts[columns.route[row]!]!
        const busy = inFlight < 0 ? 0 : busyClass(columns.context[row * widths.context + inFlight]!)
        const facts = {
          stateClass: this.#numberOf(`${service} ${route}`) * BUSY_CLASSES + busy,
          selfLoop: isSelfLoop(batch, row),
          reportAgeMs: ages.ageMs(batch, row),
        }
        this.all.add(batch, row, facts)
        this.#group('phase', phase).add(batch, row, facts)
        this.#group('service', service).add(batch, row, facts)
        this.#group('profile', texts[columns.profile[row]!] ?? NOBODYS).add(batch, row, facts)
        this.#try(phase, service, services[service]!.length, columns.action[row]!)
      }
    }
  }

  /** Instances that a phase never tried, though it had requests for their service. */
  untried(): string[] {
    return [...this.#tried].flatMap(([phase, services]) =>
      [...services].flatMap(([service, counts]) =>
        counts.flatMap((count, i) => (count === 0 ? [`${phase}: ${service} ${i}`] : [])),
      ),
    )
  }

  #group(grouping: Grouping, name: string): GroupCounts {
    const groups = this.groups[grouping]
    let counts = groups.get(name)
    if (counts === undefined) groups.set(name, (counts = new GroupCounts()))
    return counts
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#numbers.size)
    return this.#numbers.size - 1
  }

  #try(phase: string, service: string, instances: number, action: number): void {
    let services = this.#tried.get(phase)
    if (services === undefined) this.#tried.set(phase, (services = new Map()))
    let counts = services.get(service)
    if (counts === undefined) services.set(service, (counts = []))
    while (counts.length < instances) counts.push(0)
    if (action >= 0) counts[action]! += 1
  }
}

/** Whether the next state is the state, number by number; what is not known is equal to what is not known. */
export function isSelfLoop({ columns, widths }: ColumnBatch, row: number): boolean {
  const from = columns.instanceStart[row]!
  const nextFrom = columns.nextInstanceStart[row]!
  const count = columns.instanceStart[row + 1]! - from
  if (count !== columns.nextInstanceStart[row + 1]! - nextFrom) return false
  const { context, nextContext, instances, nextInstances } = columns
  return (
    isEqual(context, row * widths.context, nextContext, row * widths.context, widths.context) &&
    isEqual(
      instances,
      from * widths.instance,
      nextInstances,
      nextFrom * widths.instance,
      count * widths.instance,
    )
  )
}

function isEqual(a: Float64Array, fromA: number, b: Float64Array, fromB: number, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const [x, y] = [a[fromA + i]!, b[fromB + i]!]
    if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false
  }
  return true
}
