/**
 * A model on disk: `model.json`, `state_encoder.json`, `action_mappings.json` and `q_table.json`.
 *
 * No dates and no paths are written, so the same data and seed give the same bytes. The directory appears as a
 * whole or not at all: it is written under another name and then renamed.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { canonicalJson, contentHash, LearningError, makeFolder } from '../core/index.ts'
import { BinnedEncoder, ENCODER_VERSION, type EncoderDescription } from './encoders/binned-encoder.ts'
import { featureDifference } from './feature-difference.ts'
import {
  type ModelDescription,
  type QTable,
  TabularModel,
  type TabularModelContent,
} from './tabular-model.ts'

const FORMAT = 'loadgen-tabular-model'
const FORMAT_VERSION = 1
const MODEL_FILE = 'model.json'
const ENCODER_FILE = 'state_encoder.json'
const ACTIONS_FILE = 'action_mappings.json'
const TABLE_FILE = 'q_table.json'

interface ModelFile extends ModelDescription {
  readonly format: string
  readonly formatVersion: number
  /** Over all else in this file and in the other three: the version of the policy. */
  readonly contentHash: string
}

/**
 * Refuses to write where something else than a model stands.
 *
 * @throws LearningError if `directory` is a file, or a directory that is neither empty nor a model
 */
export function requireModelTarget(directory: string): void {
  if (!existsSync(directory)) return
  const stats = statSync(directory)
  if (!stats.isDirectory()) throw new LearningError(`${directory}: is a file: name a directory for the model`)
  const files = readdirSync(directory)
  if (files.length === 0 || (files.includes(MODEL_FILE) && files.includes(TABLE_FILE))) return
  throw new LearningError(
    `${directory}: is not empty and holds no model: it would be overwritten; name another directory`,
  )
}

function makeParent(target: string): void {
  try {
    makeFolder(dirname(target))
  } catch (error) {
    throw new LearningError(
      `${target}: cannot be written (${(error as Error).message}): choose another --output`,
    )
  }
}

/**
 * Writes a model, replacing the one that stands there.
 *
 * @returns the version of the model: the hash of its content
 * @throws LearningError if `directory` is something else
 */
export function writeModel(directory: string, content: TabularModelContent): string {
  requireModelTarget(directory)
  const target = resolve(directory)
  makeParent(target)
  const fresh = join(dirname(target), `.${basename(target)}.partial`)
  rmSync(fresh, { recursive: true, force: true }) // of a training that was killed while it wrote
  mkdirSync(fresh)
  const version = hashOf(content)
  const model: ModelFile = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    contentHash: version,
    ...content.description,
  }
  writeJson(join(fresh, ENCODER_FILE), { ...content.encoder.description, hash: content.encoder.hash })
  writeJson(join(fresh, ACTIONS_FILE), content.actionMappings)
  writeJson(join(fresh, TABLE_FILE), content.qTable)
  writeJson(join(fresh, MODEL_FILE), model)
  replaceDirectory(fresh, target)
  return version
}

/**
 * Loads a model to serve.
 *
 * @throws LearningError if a file is missing or damaged, or the model was made for other versions or features
 */
export function loadTabularModel(directory: string): TabularModel {
  const {
    format,
    formatVersion,
    contentHash: version,
    ...description
  } = readJson<ModelFile>(directory, MODEL_FILE)
  if (format !== FORMAT || formatVersion !== FORMAT_VERSION) {
    throw new LearningError(
      `${join(directory, MODEL_FILE)}: expected ${FORMAT} version ${FORMAT_VERSION}, ` +
        `got ${format} version ${formatVersion}: train again`,
    )
  }
  const encoder = readEncoder(directory)
  const content: TabularModelContent = {
    description,
    encoder,
    actionMappings: readJson<Record<string, number>>(directory, ACTIONS_FILE),
    qTable: readJson<QTable>(directory, TABLE_FILE),
  }
  if (encoder.hash !== description.encoderHash || hashOf(content) !== version) {
    throw new LearningError(
      `${directory}: the files do not belong together or were edited (their hash is not the one in ${MODEL_FILE}): train again`,
    )
  }
  return new TabularModel(content, version)
}

function readEncoder(directory: string): BinnedEncoder {
  const { hash: _, ...description } = readJson<EncoderDescription & { hash: string }>(directory, ENCODER_FILE)
  const file = join(directory, ENCODER_FILE)
  if (description.version !== ENCODER_VERSION) {
    throw new LearningError(
      `${file}: expected encoder version ${ENCODER_VERSION}, got ${description.version}: train again`,
    )
  }
  const difference = featureDifference(description)
  if (difference !== undefined) {
    throw new LearningError(`${file}: the model was trained on other features: ${difference}: train again`)
  }
  return new BinnedEncoder(description)
}

function hashOf({ description, encoder, actionMappings, qTable }: TabularModelContent): string {
  return contentHash({ description, encoder: encoder.description, actionMappings, qTable })
}

function replaceDirectory(fresh: string, target: string): void {
  if (!existsSync(target)) {
    renameSync(fresh, target)
    return
  }
  const old = `${fresh}-old`
  rmSync(old, { recursive: true, force: true })
  renameSync(target, old)
  renameSync(fresh, target)
  rmSync(old, { recursive: true })
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${canonicalJson(value, 2)}\n`)
}

function readJson<T>(directory: string, name: string): T {
  const file = join(directory, name)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new LearningError(`${file}: cannot be read: name a model directory written by "loadgen train"`, {
      cause,
    })
  }
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new LearningError(`${file}: not JSON (${(cause as Error).message}): train again`, { cause })
  }
}
