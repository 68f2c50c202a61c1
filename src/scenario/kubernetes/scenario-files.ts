/** The files that a scenario is read from, so that it can be read again in another place. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ConfigError } from '../../core/index.ts'
import { BehaviorLibrary } from '../behavior-library.ts'
import type { Scenario } from '../scenario.ts'
import { SHIPPED_BEHAVIORS_DIRECTORY } from '../shipped.ts'
import { SourceDocument } from '../source-document.ts'

export interface ScenarioFile {
  /** From the folder that has all of them; with slashes, and never upwards. */
  readonly path: string
  readonly content: Buffer
}

export interface ScenarioFiles {
  /** The scenario itself comes first. */
  readonly files: readonly ScenarioFile[]
  /** Absolute paths of what must not lie in a ConfigMap: private keys. */
  readonly secrets: readonly string[]
}

/**
 * @param source the scenario's own file
 * @throws ConfigError if one of them cannot be read
 */
export function scenarioFiles(scenario: Scenario, source: string): ScenarioFiles {
  const { caFile, certFile, keyFile } = scenario.client.tls
  const own = path.resolve(source)
  const paths = [...new Set([own, ...behaviorFiles(scenario, own), ...traceFiles(scenario)])]
  for (const file of [caFile, certFile]) if (file !== null) paths.push(file)
  const folder = paths.map((file) => path.dirname(file)).reduce(commonFolder)
  return {
    files: paths.map((file) => ({
      path: path.relative(folder, file).split(path.sep).join('/'),
      content: contentOf(file),
    })),
    secrets: keyFile === null ? [] : [keyFile],
  }
}

/** Of behaviours that are neither in the scenario itself nor shipped. */
function behaviorFiles(scenario: Scenario, source: string): string[] {
  const document = SourceDocument.read(source)
  const inline = document.at(['behaviors'])
  const library = BehaviorLibrary.besides(source)
  return Object.keys(scenario.behaviors)
    .filter((name) => typeof inline !== 'object' || inline === null || !(name in inline))
    .flatMap((name) => library.find(name) ?? [])
    .filter((file) => path.dirname(path.resolve(file)) !== path.resolve(SHIPPED_BEHAVIORS_DIRECTORY))
    .map((file) => path.resolve(file))
}

function traceFiles({ phases }: Scenario): string[] {
  return phases.flatMap(({ executor }) => (executor.kind === 'trace-replay' ? [executor.trace.file] : []))
}

function commonFolder(one: string, other: string): string {
  let folder = one
  while (path.relative(folder, other).startsWith('..')) folder = path.dirname(folder)
  return folder
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as Error).message}): the scenario needs it`)
  }
}
