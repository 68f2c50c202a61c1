/**
 * Runs that are segments of one (`loadgen run --segment i/n`) as that one: statistics, decisions and series are added up
 * exactly, records and request logs put side by side in time, and the thresholds checked on the whole.
 *
 * Everything that speaks against it is found before anything is written, and told at once.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { DataError, LoadgenError, makeFolder, sha256Hex, WorldError } from '../../core/index.ts'
import { mergeShares, requestsFileOf } from '../../experience/index.ts'
import type { RunDirectory } from '../run-directory.ts'
import type { FinishedRun } from '../run-scenario.ts'
import { segmentText } from '../segments/segment.ts'
import { keepStatistics } from '../statistics/kept-statistics.ts'
import { type SummaryInput, summarize } from '../summary/summarize.ts'
import { differences, missing, overlaps, segmentList, startWarnings } from './check-segments.ts'
import { mergeInputs } from './merge-inputs.ts'
import { mergeRequestLogs } from './merge-request-logs.ts'
import { openSegment, type SegmentRun, statisticsOf } from './segment-run.ts'

export interface MergeRunsOptions {
  /** Run directories of the segments, in any order. */
  readonly directories: readonly string[]
  /** Where the merged run goes: no files of a run may be there yet. */
  readonly into: RunDirectory
  /** Take what there is, though segments are missing or were cut short; the summary says so. */
  readonly partial: boolean
  /** What its reader should know beside what the segments say. */
  readonly warnings?: readonly string[]
}

interface MeasuredSegment extends SegmentRun {
  readonly input: SummaryInput
}

/**
 * Writes manifest, statistics, request log and data set of the merged run, and returns its summary, which is not written.
 *
 * @throws DataError with all problems if the directories are not the segments of one run
 * @throws WorldError if the merged run cannot be written
 */
export async function mergeRuns(options: MergeRunsOptions): Promise<FinishedRun> {
  const { into, warnings = [] } = options
  const { segments, stopped } = checkedSegments(options)
  const runId = mergedId(segments)
  const input = mergeInputs(
    segments.map((segment) => segment.input),
    {
      runId,
      experiences: into.experiences,
      stopped,
      warnings: [...startWarnings(segments), ...warnings],
    },
  )
  const isNew = !existsSync(into.path)
  try {
    makeFolder(into.path)
    writeMergedManifest(into, segments, runId, stopped)
    const notes = [...(await mergeLogs(segments, into)), ...(await mergeRecords(segments, into, runId))]
    const { experience } = input
    const file = existsSync(into.experiences) ? experience.file : null
    const whole = { ...input, experience: { ...experience, file }, warnings: [...input.warnings, ...notes] }
    keepStatistics(into.statistics, whole)
    return { directory: into, summary: summarize(whole) }
  } catch (error) {
    // Half a run is none.
    const made = [into.manifest, into.requests, into.dataset, into.experiences, into.statistics]
    for (const path of isNew ? [into.path] : made) rmSync(path, { recursive: true, force: true })
    if (error instanceof LoadgenError || (error as NodeJS.ErrnoException).code === undefined) throw error
    throw new WorldError(
      `${into.path}: cannot be written (${(error as Error).message}): free some space or choose another --out`,
    )
  }
}

/** The segments in their order, and why they are not the whole run; null if they are. */
function checkedSegments({ directories, partial }: MergeRunsOptions): {
  readonly segments: readonly MeasuredSegment[]
  readonly stopped: string | null
} {
  const problems: string[] = []
  const opened = directories.flatMap((path) => tried(() => openSegment(path), problems))
  problems.push(...differences(opened), ...overlaps(opened))
  // What is only not whole: to be told, and taken with --partial.
  const gaps: string[] = []
  const measured = opened.flatMap((run) => tried(() => ({ ...run, input: statisticsOf(run) }), gaps))
  gaps.push(...measured.flatMap((run) => cutShort(run)))
  const absent = missing(opened)
  const count = opened[0]?.manifest.segment.count ?? 0
  if (absent.length > 0 && opened.length > 0) {
    gaps.push(`${segmentList(absent, count)} missing: name every run directory`)
  }
  if (problems.length > 0 || (gaps.length > 0 && !partial) || measured.length === 0) {
    const hint = gaps.length > 0 ? ['--partial takes what there is'] : []
    throw new DataError(['cannot be merged:', ...problems, ...gaps, ...hint].join('\n  '))
  }
  const segments = measured.sort((a, b) => a.manifest.segment.index - b.manifest.segment.index)
  return { segments, stopped: gaps.length === 0 ? null : gaps.join('; ') }
}

function tried<Result>(work: () => Result, problems: string[]): Result[] {
  try {
    return [work()]
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    problems.push(error.message)
    return []
  }
}

function cutShort({ directory, manifest, input }: MeasuredSegment): string[] {
  const which = `${directory.path}: segment ${segmentText(manifest.segment)}`
  if (input.stopped !== null) return [`${which} was stopped: ${input.stopped}`]
  return input.interrupted ? [`${which} was interrupted`] : []
}

/** The name of the run that they are shares of; a new one where each has its own. */
function mergedId(segments: readonly SegmentRun[]): string {
  const ids = [...new Set(segments.map(({ manifest }) => manifest.run))]
  return ids.length === 1 ? ids[0]! : `merged-${sha256Hex(ids.join('\n')).slice(0, 12)}`
}

function writeMergedManifest(
  into: RunDirectory,
  segments: readonly MeasuredSegment[],
  run: string,
  partial: string | null,
): void {
  const { segment: _, ...first } = segments[0]!.manifest
  const merged = segments.map(({ manifest, realPath }) => ({
    ...manifest.segment,
    run: manifest.run,
    startedAt: manifest.startedAt,
    target: manifest.target,
    directory: realPath,
  }))
  const startedAt = segments.map(({ manifest }) => manifest.startedAt).sort()[0]!
  const { scenario, ...facts } = first
  const manifest = { ...facts, run, startedAt, merged: { partial, segments: merged }, scenario }
  writeFileSync(into.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Returns what a reader should know of it. */
async function mergeLogs(segments: readonly MeasuredSegment[], into: RunDirectory): Promise<string[]> {
  const files = segments.map(({ directory }) => requestsFileOf({ file: directory.experiences }))
  const lacking = segments.filter((_, i) => files[i] === undefined)
  if (lacking.length > 0) {
    const paths = lacking.map(({ directory }) => directory.path).join(', ')
    return [`no requests.jsonl in ${paths}: the merged run has none, and knows no sessions`]
  }
  const { lines, torn } = await mergeRequestLogs(files as string[], into.requests)
  const asked = sum(
    segments,
    ({ input: { statistics } }) => statistics.total.requests - statistics.unlogged.requests,
  )
  const notes = lessThan(lines, asked, 'lines of requests.jsonl')
  if (torn.length === 0) return notes
  return [
    `${torn.length} lines of the request logs were cut off and are left out: ${torn.slice(0, 3).join(', ')}`,
    ...notes,
  ]
}

/** The same for the records of decisions, if the segments have any. */
async function mergeRecords(
  segments: readonly MeasuredSegment[],
  into: RunDirectory,
  run: string,
): Promise<string[]> {
  const recording = segments.filter(({ input }) => input.experience.file !== null)
  const [there, lacking] = [true, false].map((wanted) =>
    recording.filter(
      ({ directory }) => (existsSync(directory.dataset) && existsSync(directory.experiences)) === wanted,
    ),
  ) as [MeasuredSegment[], MeasuredSegment[]]
  const notes =
    lacking.length === 0
      ? []
      : [
          `no dataset.json or no experiences.jsonl in ${lacking.map(({ directory }) => directory.path).join(', ')}: ` +
            'the records of the merged run are those of the others',
        ]
  if (there.length === 0) return notes
  const directories = there.map(({ directory }) => directory.path)
  const { runs, problems } = await mergeShares({ directories, run, out: into.path })
  const recorded = sum(there, ({ input }) => input.experience.recorded)
  return [...notes, ...problems, ...lessThan(runs[0]!.decisions, recorded, 'records of decisions')]
}

/** Files that were copied in part may end between two lines: then only their number tells. */
function lessThan(there: number, counted: number, what: string): string[] {
  return there < counted
    ? [
        `${what}: ${there} are there of the ${counted} that were counted: a file was cut off; copy the segments again`,
      ]
    : []
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
