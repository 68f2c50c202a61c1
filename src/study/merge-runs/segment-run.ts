/** The run directory of a segment, as merging reads it: what its manifest says, and what it measured. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { DataError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { type RunDirectory, runDirectory } from '../run-directory.ts'
import type { SegmentManifest } from '../segments/plan-hash.ts'
import { readStatistics } from '../statistics/kept-statistics.ts'
import type { SummaryInput } from '../summary/summarize.ts'

/** `manifest.json`, as far as merging asks for it. */
export interface RunManifest {
  readonly version: number
  readonly run: string
  readonly loadgen: string
  readonly startedAt: string
  readonly seed: number
  readonly policy: string
  readonly target: string
  readonly scenarioHash: string
  readonly scenario: Scenario
  readonly segment?: SegmentManifest
}

export interface SegmentRun {
  readonly directory: RunDirectory
  /** With its links followed: the same folder has the same one by whatever path. */
  readonly realPath: string
  readonly manifest: RunManifest & { readonly segment: SegmentManifest }
}

const VERSION = 1

/** @throws DataError if the folder is not that of a segment */
export function openSegment(path: string): SegmentRun {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new DataError(`${path}: no such directory: name the run directories of "loadgen run --segment i/n"`)
  }
  const directory = runDirectory(path)
  const manifest = readManifest(directory.manifest)
  const { segment } = manifest
  if (segment === undefined) {
    throw new DataError(
      `${path}: a whole run, no segment of one: nothing is left to merge; ` +
        '"loadgen dataset merge" puts the records of whole runs one behind the other',
    )
  }
  const { index, count, planHash } = segment
  if (!(Number.isInteger(index) && Number.isInteger(count) && index >= 0 && index < count)) {
    throw new DataError(`${directory.manifest}: segment: expected index and count, got ${index} and ${count}`)
  }
  if (typeof planHash !== 'string') throw new DataError(`${directory.manifest}: segment.planHash: missing`)
  return { directory, realPath: realpathSync(path), manifest: { ...manifest, segment } }
}

/** What the segment measured. @throws DataError if that is missing, cut off, or not of its scenario */
export function statisticsOf({ directory, manifest }: SegmentRun): SummaryInput {
  return readStatistics(directory.statistics, manifest.scenario, directory.experiences)
}

function readManifest(file: string): RunManifest {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new DataError(
      code === 'ENOENT'
        ? `${file}: no such file: that is no run directory`
        : `${file}: cannot be read (${message})`,
    )
  }
  let manifest: RunManifest | null
  try {
    manifest = JSON.parse(text) as RunManifest | null
  } catch (error) {
    throw new DataError(`${file}: cut off, or no JSON (${(error as Error).message}): copy the run again`)
  }
  if (manifest?.version !== VERSION) {
    throw new DataError(
      `${file}: version: expected ${VERSION}, got ${JSON.stringify(manifest?.version)}: ` +
        'merge with the release that ran the segments',
    )
  }
  return manifest
}
