/**
 * A model on disk: `model.json`, which says what it is, and the files of its kind, all plain JSON.
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
import { canonicalJson, contentHash, LearningError, makeFolder } from '../../core/index.ts'
import { modelKinds } from './index.ts'
import type { Model, ModelDescription } from './model.ts'

const FORMAT = 'loadgen-model'
const FORMAT_VERSION = 2
const MODEL_FILE = 'model.json'

/** By name. */
type ModelFiles = Readonly<Record<string, unknown>>

interface ModelFile extends ModelDescription {
  readonly format: string
  readonly formatVersion: number
  /** Over all else in this file and in the others: the version of the policy. */
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
  if (files.length === 0 || files.includes(MODEL_FILE)) return
  throw new LearningError(
    `${directory}: is not empty and holds no model: it would be overwritten; name another directory`,
  )
}

/**
 * Writes a model, replacing the one that stands there.
 *
 * @returns the version of the model: the hash of its content
 * @throws LearningError if `directory` is something else
 */
export function writeModel(directory: string, description: ModelDescription, files: ModelFiles): string {
  requireModelTarget(directory)
  const target = resolve(directory)
  makeParent(target)
  const fresh = join(dirname(target), `.${basename(target)}.partial`)
  rmSync(fresh, { recursive: true, force: true }) // of a training that was killed while it wrote
  mkdirSync(fresh)
  const version = hashOf(description, files)
  const model: ModelFile = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    contentHash: version,
    ...description,
  }
  for (const [name, value] of Object.entries(files)) writeJson(join(fresh, name), value)
  writeJson(join(fresh, MODEL_FILE), model)
  replaceDirectory(fresh, target)
  return version
}

/**
 * Loads a model to serve.
 *
 * @throws LearningError if a file is missing or damaged, or the model was made for other versions or features
 */
export function loadModel(directory: string): Model {
  const { contentHash: version, ...description } = readDescription(directory)
  const kind = modelKinds.find(description.kind)
  if (kind === undefined) {
    throw new LearningError(
      `${join(directory, MODEL_FILE)}: a model of the kind ${JSON.stringify(description.kind)}: ` +
        `this release knows ${modelKinds.names.join(', ')}; train again, or use the release that wrote it`,
    )
  }
  const files = Object.fromEntries(kind.files.map((name) => [name, readJson<unknown>(directory, name)]))
  if (hashOf(description, files) !== version) {
    throw new LearningError(
      `${directory}: the files do not belong together or were edited (their hash is not the one in ${MODEL_FILE}): train again`,
    )
  }
  return kind.load(directory, files, description, version)
}

function readDescription(directory: string): ModelDescription & { contentHash: string } {
  const { format, formatVersion, ...rest } = readJson<ModelFile>(directory, MODEL_FILE)
  if (format === FORMAT && formatVersion === FORMAT_VERSION) return rest
  throw new LearningError(
    `${join(directory, MODEL_FILE)}: expected ${FORMAT} version ${FORMAT_VERSION}, ` +
      `got ${format} version ${formatVersion}: train again`,
  )
}

function hashOf(description: ModelDescription, files: ModelFiles): string {
  return contentHash({ description, files })
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
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new LearningError(`${file}: not JSON (${(cause as Error).message}): train again`, { cause })
  }
  if (typeof value === 'object' && value !== null) return value as T
  throw new LearningError(`${file}: expected a JSON object: train again`)
}
