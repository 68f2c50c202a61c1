/** The directory of a study: where its files are, and which study it is of. */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, LoadgenError, makeFolder, WorldError } from '../../core/index.ts'
import { scenarioHash } from '../../scenario/index.ts'
import { programVersion } from '../comparison/program-version.ts'
import type { StudyPlan } from './study-plan.ts'

const FORMAT = 'loadgen-study'
const FORMAT_VERSION = 1

export interface StudyDirectory {
  readonly path: string
  readonly runs: string
  readonly models: string
  readonly evaluation: string
  readonly comparison: string
  /** Results of replays, by content. */
  readonly replays: string
  readonly study: string
  readonly report: string
  readonly markdown: string
}

/** What all steps of a study have in common. */
export interface StudyIdentity {
  readonly format: string
  readonly formatVersion: number
  readonly scenario: { readonly name: string; readonly hash: string }
  /** Version and fingerprint of the program. */
  readonly program: string
}

export function studyIdentity({ scenario }: StudyPlan): StudyIdentity {
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    scenario: { name: scenario.name, hash: scenarioHash(scenario) },
    program: programVersion(),
  }
}

/**
 * Makes `<out>/<scenario>`, or finds it as an earlier call has left it.
 *
 * @throws DataError if something else stands there, or a study of another scenario or program
 * @throws WorldError if it cannot be made
 */
export function openStudyDirectory(out: string, plan: StudyPlan): StudyDirectory {
  const directory = studyDirectory(join(out, plan.name))
  requireStudyTarget(directory, studyIdentity(plan))
  try {
    for (const folder of [directory.path, directory.runs, directory.models]) makeFolder(folder)
    if (!existsSync(directory.study)) writeJson(directory.study, studyIdentity(plan))
  } catch (error) {
    if (error instanceof LoadgenError) throw error
    throw new WorldError(
      `${directory.path}: cannot make a study directory (${(error as Error).message}): choose another with --out`,
    )
  }
  return directory
}

/** @throws DataError if what stands there is not this study */
function requireStudyTarget({ path, study }: StudyDirectory, now: StudyIdentity): void {
  if (!existsSync(path)) return
  if (!statSync(path).isDirectory())
    throw new DataError(`${path}: is a file: choose another folder with --out`)
  if (!existsSync(study)) {
    if (readdirSync(path).length === 0) return
    throw new DataError(`${path}: is not empty and holds no study: choose another folder with --out`)
  }
  const there = readJson<Partial<StudyIdentity>>(study)
  const differences = differencesOf(there ?? {}, now)
  if (differences.length === 0) return
  throw new DataError(
    `${path}: holds a study that cannot be gone on with (${differences.join('; ')}): ` +
      'choose another folder with --out, or delete this one',
  )
}

function differencesOf(
  { format, formatVersion, scenario, program }: Partial<StudyIdentity>,
  now: StudyIdentity,
): string[] {
  if (format !== now.format || formatVersion !== now.formatVersion || scenario === undefined) {
    return [`expected ${now.format} version ${now.formatVersion}, got ${format} version ${formatVersion}`]
  }
  return [
    scenario.name === now.scenario.name ? undefined : `scenario ${scenario.name}, not ${now.scenario.name}`,
    scenario.hash === now.scenario.hash
      ? undefined
      : `scenario hash ${scenario.hash.slice(0, 12)}, not ${now.scenario.hash.slice(0, 12)}: the file has changed`,
    program === now.program ? undefined : `program ${program}, not ${now.program}`,
  ].filter((difference) => difference !== undefined)
}

function studyDirectory(path: string): StudyDirectory {
  return {
    path,
    runs: join(path, 'runs'),
    models: join(path, 'models'),
    evaluation: join(path, 'evaluation.json'),
    comparison: join(path, 'comparison'),
    replays: join(path, '.replays'),
    study: join(path, 'study.json'),
    report: join(path, 'report.html'),
    markdown: join(path, 'report.md'),
  }
}

/** The value of a JSON file; undefined if it is not there or was torn: the step that wrote it is then done again. */
export function readJson<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return undefined
  }
}

/** Appears as a whole or not at all. */
export function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.partial`, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(`${path}.partial`, path)
}
