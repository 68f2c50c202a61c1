/** Reading `dataset.json`: what every reader of the JSONL must know first. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, REWARD_PARTS } from '../core/index.ts'
import { type DatasetDescription, RECORD_VERSION } from './record.ts'

export const DATASET_FILE = 'dataset.json'

/**
 * Reads the description of a run's records.
 *
 * @param directory a run directory
 * @throws DataError if the directory or the file is missing, not JSON, of another version, or lacks a field
 */
export function readDataset(directory: string): DatasetDescription {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new DataError(`${directory}: no such directory: name a run directory written by "loadgen run"`)
  }
  const file = join(directory, DATASET_FILE)
  const value = parse(file)
  if (!isObject(value)) throw new DataError(`${file}: expected a JSON object, as "loadgen run" writes it`)
  if (value.version !== RECORD_VERSION) {
    throw new DataError(
      `${file}: version: expected ${RECORD_VERSION}, got ${JSON.stringify(value.version)}: ` +
        'record the run again, or read it with the release that wrote it',
    )
  }
  const missing = faultyField(value)
  if (missing !== undefined) {
    throw new DataError(`${file}: ${missing}: missing or of the wrong type: record the run again`)
  }
  return value as unknown as DatasetDescription
}

function parse(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new DataError(`${file}: cannot be read: it must stand beside experiences.jsonl; copy both`, {
      cause,
    })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DataError(`${file}: not JSON (${(cause as Error).message}): record the run again`, { cause })
  }
}

function faultyField(value: Readonly<Record<string, unknown>>): string | undefined {
  const { scenario, services, reward } = value
  const checks: Readonly<Record<string, boolean>> = {
    run: typeof value.run === 'string',
    scenario: isObject(scenario) && typeof scenario.name === 'string' && typeof scenario.hash === 'string',
    world: value.world === 'live' || value.world === 'virtual',
    seed: typeof value.seed === 'number',
    observedBy: [undefined, 'balancer', 'client'].includes(value.observedBy as undefined),
    contextFeatures: isTexts(value.contextFeatures),
    instanceFeatures: isTexts(value.instanceFeatures),
    strategies: value.strategies === undefined || isTexts(value.strategies),
    services: isObject(services) && Object.values(services).every(isTexts),
    routes: isTexts(value.routes),
    reward: isObject(reward) && typeof reward.targetLatencyMs === 'number' && isWeights(reward.weights),
  }
  return Object.keys(checks).find((field) => !checks[field])
}

function isWeights(value: unknown): boolean {
  return isObject(value) && REWARD_PARTS.every((part) => typeof value[part] === 'number')
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
