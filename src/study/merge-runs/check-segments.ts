/** Whether segments are all of one run: of the same plan, each there once, none missing. */
import type { SegmentRun } from './segment-run.ts'

/** How each segment must be like the first, and what to do where it is not. */
const ALIKE: readonly { readonly what: string; readonly of: (run: SegmentRun) => unknown }[] = [
  { what: 'segments in all', of: ({ manifest }) => manifest.segment.count },
  { what: 'scenario', of: ({ manifest }) => short(manifest.scenarioHash) },
  { what: 'seed', of: ({ manifest }) => manifest.seed },
  { what: 'world', of: ({ manifest }) => manifest.scenario?.world },
  { what: 'policy', of: ({ manifest }) => manifest.policy },
  { what: 'loadgen', of: ({ manifest }) => manifest.loadgen },
]

/** Starts that are this close are one: clocks of machines differ by as much. */
const ONE_START_MS = 1_000

/** What must not be, whatever is asked for: one line per problem. */
export function differences(runs: readonly SegmentRun[]): string[] {
  const [first, ...others] = runs
  if (first === undefined) return []
  return others.flatMap((other) => {
    const found = ALIKE.filter(({ of }) => of(other) !== of(first))
    const path = other.directory.path
    if (found.length > 0) {
      const said = found.map(({ what, of }) => `${what} ${of(other)} instead of ${of(first)}`)
      return [`${path}: not of the run of ${first.directory.path}: ${said.join(', ')}`]
    }
    if (other.manifest.segment.planHash === first.manifest.segment.planHash) return []
    return [`${path}: not of the run of ${first.directory.path}: another plan, by its hash`]
  })
}

/** Segments that are there twice, by whatever path. */
export function overlaps(runs: readonly SegmentRun[]): string[] {
  return runs.flatMap((run, i) => {
    const { index, count } = run.manifest.segment
    const same = runs.slice(0, i).find(({ manifest }) => manifest.segment.index === index)
    if (same === undefined) return []
    const [path, before] = [run.directory.path, same.directory.path]
    return same.realPath === run.realPath
      ? [`${path}: named twice: name it once`]
      : [
          `${path}: segment ${index + 1} of ${count}, which ${before} is as well: it would count twice; leave one out`,
        ]
  })
}

/** Numbers, from 0, of the segments that are not there. */
export function missing(runs: readonly SegmentRun[]): number[] {
  const count = Math.max(0, ...runs.map(({ manifest }) => manifest.segment.count))
  const present = new Set(runs.map(({ manifest }) => manifest.segment.index))
  return Array.from({ length: count }, (_, index) => index).filter((index) => !present.has(index))
}

/** `segment 3 of 4 is`, `segments 2 and 3 of 4 are`, and of very many how many. */
export function segmentList(indices: readonly number[], count: number): string {
  const numbers = indices.map((index) => String(index + 1))
  if (numbers.length > 8) return `${numbers.length} of ${count} segments are`
  const last = numbers.at(-1)
  return numbers.length === 1
    ? `segment ${last} of ${count} is`
    : `segments ${numbers.slice(0, -1).join(', ')} and ${last} of ${count} are`
}

/** What a reader should know of when the segments began; nothing to say of a virtual run. */
export function startWarnings(runs: readonly SegmentRun[]): string[] {
  if (runs.some(({ manifest }) => manifest.scenario.world === 'virtual')) return []
  const warnings = runs.flatMap(({ manifest }) => {
    const { index, count, lateMs } = manifest.segment
    if (!(lateMs > 0)) return []
    return [
      `segment ${index + 1} of ${count} began ${(lateMs / 1000).toFixed(1)} s later than the others: ` +
        'its load was there at other moments than planned',
    ]
  })
  const startsMs = runs.map(startOf)
  const spreadMs = Math.max(...startsMs) - Math.min(...startsMs)
  if (spreadMs > ONE_START_MS) {
    warnings.push(
      `the segments began up to ${(spreadMs / 1000).toFixed(1)} s apart, and their clocks are taken as one: ` +
        'what stands at one moment of the series was not at one moment; start them with --start-at',
    )
  }
  return warnings
}

/** By the common clock where it is known, less what is told apart. */
function startOf({ manifest }: SegmentRun): number {
  const { startEpochMs, clockOffsetMs, lateMs } = manifest.segment
  return (startEpochMs ?? Date.parse(manifest.startedAt)) - (clockOffsetMs ?? 0) - (lateMs ?? 0)
}

function short(hash: unknown): string {
  return String(hash).slice(0, 8)
}
