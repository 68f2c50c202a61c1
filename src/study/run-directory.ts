/** The directory of a run: where its files are, and what is in its manifest. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeStampedFolder, WorldError } from '../core/index.ts'
import { type Scenario, scenarioHash } from '../scenario/index.ts'

export interface RunDirectory {
  readonly path: string
  readonly manifest: string
  readonly dataset: string
  readonly experiences: string
  readonly requests: string
  readonly summary: string
  readonly report: string
  readonly log: string
  readonly model: string
}

export const PRODUCT_VERSION: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version

/**
 * Makes `<out>/<scenario>-<timestamp>`; a number is added if it is there already.
 *
 * @throws WorldError if it cannot be made
 */
export function createRunDirectory(out: string, scenario: string, startedAt: Date): RunDirectory {
  const name = scenario.replaceAll(/[^\w.-]+/g, '-')
  try {
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
    summary: join(path, 'summary.json'),
    report: join(path, 'report.html'),
    log: join(path, 'run.log'),
    model: join(path, 'model'),
  }
}

/** What was run, so that it can be run again. */
export function writeManifest(
  directory: RunDirectory,
  run: { id: string; scenario: Scenario; seed: number; policy: string; target: string; startedAt: Date },
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
    scenario: run.scenario,
  }
  writeFileSync(directory.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
}
