/** The ConfigMap with the files of a scenario, and how pods see them. */
import { isUtf8 } from 'node:buffer'
import { ConfigError } from '../../core/index.ts'
import { configMapKey } from './names.ts'
import type { ScenarioFile } from './scenario-files.ts'

/** Where pods find the files. */
export const SCENARIO_FOLDER = '/scenario'

/** The API server takes no more than 1 MiB of data (Kubernetes documentation, ConfigMaps), keys included. */
const MOST_BYTES = 1024 * 1024

export interface ConfigMapFile extends ScenarioFile {
  readonly key: string
}

/** @throws ConfigError if they are too large for a ConfigMap, or two would get the same key */
export function configMapFiles(files: readonly ScenarioFile[]): ConfigMapFile[] {
  const keyed = files.map((file) => ({ ...file, key: configMapKey(file.path) }))
  for (const [i, { key, path }] of keyed.entries()) {
    const other = keyed.slice(0, i).find((file) => file.key === key)
    if (other !== undefined) {
      throw new ConfigError(
        `${path} and ${other.path}: would be one key of a ConfigMap, "${key}": rename one`,
      )
    }
  }
  const bytes = keyed.reduce((sum, { key, content }) => sum + key.length + sizeOf(content), 0)
  if (bytes > MOST_BYTES) {
    const largest = keyed.reduce((a, b) => (b.content.length > a.content.length ? b : a))
    throw new ConfigError(
      `the files of the scenario have ${bytes} bytes, and a ConfigMap takes ${MOST_BYTES}: put the largest, ` +
        `${largest.path}, into the image, and name it in the scenario by where it is there`,
    )
  }
  return keyed
}

/** What is no text travels as base64. */
function sizeOf(content: Buffer): number {
  return isUtf8(content) ? content.length : Math.ceil(content.length / 3) * 4
}

export function configMap(metadata: object, files: readonly ConfigMapFile[]): object {
  const texts = files.filter(({ content }) => isUtf8(content))
  const others = files.filter(({ content }) => !isUtf8(content))
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: Object.fromEntries(texts.map(({ key, content }) => [key, content.toString()])),
    ...(others.length === 0
      ? {}
      : {
          binaryData: Object.fromEntries(others.map(({ key, content }) => [key, content.toString('base64')])),
        }),
  }
}

/** The volume that has them at the paths they had. */
export function scenarioVolume(configMapName: string, files: readonly ConfigMapFile[]): object {
  const items = files.map(({ key, path }) => ({ key, path }))
  return { name: 'scenario', configMap: { name: configMapName, items } }
}
