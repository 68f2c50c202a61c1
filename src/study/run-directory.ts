/** The directory of a run: where its files are, and what is in its manifest. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, makeStampedFolder, PRODUCT_VERSION, WorldError } from '../core/index.ts'
import { type Scenario, scenarioHash } from '../scenario/index.ts'
import type { SegmentManifest } from './segments/plan-hash.ts'

export interface RunDirectory {
  readonly path: string
  readonly manifest: string
  readonly dataset: string
  readonly experiences: string
  readonly requests: string
  readonly statistics: string
  readonly summary: string
  readonly report: string
  readonly log: string
  readonly model: string
}

/**
 * Makes `<out>/<scenario>-<timestamp>`; a number is added if it is there already.
 *
 * @param into the very folder to use instead
 * @throws WorldError if it cannot be made
 */
export function createRunDirectory(
  out: string,
  scenario: string,
  startedAt: Date,
  into?: string,
): RunDirectory {
  const name = scenario.replaceAll(/[^\w.-]+/g, '-')
  try {
    if (into !== undefined) {
      makeFolder(into)
      return runDirectory(into)
    }
    return runDirectory(makeStampedFolder(out, name, startedAt))
  } catch (error) {
    throw new WorldError(
      `${out}: cannot make a run directory (${(error as Error).message}): choose another with --out`,
    )
  }
}

export function runDirectory(path: string): RunDirectory {
  return {
    path,
    manifest: join(path, 'manifest.json'),
    dataset: join(path, 'dataset.json'),
    experiences: join(path, 'experiences.jsonl'),
    requests: join(path, 'requests.jsonl'),
    statistics: join(path, 'statistics.json'),
    summary: join(path, 'summary.json'),
    report: join(path, 'report.html'),
    log: join(path, 'run.log'),
    model: join(path, 'model'),
  }
}

/** What was run, so that it can be run again. */
export function writeManifest(
  directory: RunDirectory,
  run: {
    id: string
    scenario: Scenario
    seed: number
    policy: string
    target: string
    startedAt: Date
    segment?: SegmentManifest
  },
): void {
  const manifest = {
    version: 1,
    run: run.id,
    loadgen: PRODUCT_VERSION,
    node: process.versions.node,
    startedAt: run.startedAt.toISOString(),
    seed: run.seed,
    policy: run.policy,
    target: run.target,
    scenarioHash: scenarioHash(run.scenario),
    ...(run.segment === undefined ? {} : { segment: run.segment }),
    scenario: run.scenario,
  }
  writeFileSync(directory.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
}
