/**
 * A training in between, on disk: what training it is of, the epochs so far, and the whole state of the trainer.
 *
 * `<output>.checkpoint/` holds `checkpoint.json` and the numbers beside it, in `arrays-<epochs done>.bin` (bytes of the
 * machine, one array behind the other). The JSON names the file with the numbers and its hash, and replaces the one before by
 * a rename: whenever a training is killed, what is found is one whole checkpoint, or none.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, LearningError, makeFolder, sha256Hex } from '../core/index.ts'
import { differencesBetween } from './checkpoint-difference.ts'
import type { FeatureChoice } from './encoders/encoded-features.ts'
import type { HyperParameters } from './learners/hyper-parameter.ts'
import type { ActionSpace, EpochReport, TrainerState } from './learners/learner.ts'

const FORMAT = 'loadgen-checkpoint'
const FORMAT_VERSION = 1
const FILE = 'checkpoint.json'
const ARRAY_TYPES = { Float64Array, Float32Array, Uint32Array } as const
/** Offsets are multiples of this, so that each array can be viewed where it lies. */
const ALIGNMENT_BYTES = 8

/** All that the end of a training depends on. */
export interface TrainingIdentity {
  readonly algorithm: string
  readonly actions: ActionSpace
  readonly hyperParameters: HyperParameters
  readonly features: FeatureChoice
  readonly seed: number
  readonly dataHash: string
}

export interface Checkpoint {
  readonly epochs: readonly EpochReport[]
  readonly state: TrainerState
}

interface ArrayPlace {
  readonly type: keyof typeof ARRAY_TYPES
  readonly offset: number
  readonly length: number
}

interface CheckpointFile {
  readonly format: string
  readonly formatVersion: number
  readonly training: TrainingIdentity
  readonly epochs: readonly EpochReport[]
  readonly facts: TrainerState['facts']
  readonly arrays: Readonly<Record<string, ArrayPlace>>
  readonly arraysFile: string
  readonly arraysHash: string
}

/** Where the checkpoint of a training stands that writes its model to `output`. */
export function checkpointDirectory(output: string): string {
  return `${output.replace(/\/+$/, '')}.checkpoint`
}

/** Epochs that the checkpoint in `directory` has behind it; undefined if there is none. @throws LearningError */
export function checkpointedEpochs(directory: string): number | undefined {
  return existsSync(directory) && existsSync(join(directory, FILE))
    ? readFile(directory).epochs.length
    : undefined
}

/** @throws LearningError if the folder is something else, or cannot be written */
export function writeCheckpoint(
  directory: string,
  training: TrainingIdentity,
  { epochs, state }: Checkpoint,
): void {
  requireCheckpointTarget(directory)
  const { places, bytes } = pack(state.arrays)
  const arraysFile = `arrays-${epochs.length}.bin`
  const content: CheckpointFile = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    training,
    epochs,
    facts: state.facts,
    arrays: places,
    arraysFile,
    arraysHash: sha256Hex(bytes),
  }
  try {
    makeFolder(directory)
    replaceFile(join(directory, arraysFile), bytes)
    replaceFile(join(directory, FILE), `${exactJson(content)}\n`)
    for (const name of readdirSync(directory)) {
      if (name !== FILE && name !== arraysFile) rmSync(join(directory, name))
    }
  } catch (cause) {
    throw new LearningError(
      `${directory}: the checkpoint cannot be written (${(cause as Error).message}): ` +
        'make room or rights for it, choose another --output, or train without (--checkpoint-every 0)',
      { cause },
    )
  }
}

/** @throws LearningError if it is damaged, of another version, or of another training, naming the difference */
export function readCheckpoint(directory: string, training: TrainingIdentity): Checkpoint {
  const file = readFile(directory)
  const differences = differencesBetween(file.training, training)
  if (differences.length > 0) {
    throw new LearningError(
      `${directory}: is of another training: ${differences.join('; ')}: ` +
        'resume with what it was begun with, name another --output, or delete the folder to begin anew',
    )
  }
  const path = join(directory, file.arraysFile)
  const bytes = existsSync(path) ? readFileSync(path) : new Uint8Array()
  if (sha256Hex(bytes) !== file.arraysHash) throw damaged(path, 'its hash is not the one that was written')
  return { epochs: file.epochs, state: { facts: file.facts, arrays: unpack(file.arrays, bytes) } }
}

export function removeCheckpoint(directory: string): void {
  if (existsSync(directory)) rmSync(directory, { recursive: true })
}

/** @throws LearningError if something else than a checkpoint stands there */
export function requireCheckpointTarget(directory: string): void {
  if (!existsSync(directory)) return
  const isOurs = (name: string): boolean => name.startsWith(FILE) || name.startsWith('arrays-')
  if (statSync(directory).isDirectory() && readdirSync(directory).every(isOurs)) return
  throw new LearningError(
    `${directory}: is where the checkpoint of this training belongs, and is something else: ` +
      'name another --output, or train without (--checkpoint-every 0)',
  )
}

function readFile(directory: string): CheckpointFile {
  const path = join(directory, FILE)
  let file: CheckpointFile
  try {
    file = readExactJson(readFileSync(path, 'utf8')) as CheckpointFile
  } catch (cause) {
    throw damaged(path, (cause as Error).message)
  }
  if (typeof file !== 'object' || file === null) throw damaged(path, 'it is no JSON object')
  const { format, formatVersion, epochs, training } = file
  if (format === FORMAT && formatVersion === FORMAT_VERSION) {
    if (Array.isArray(epochs) && typeof training === 'object' && training !== null) return file
    throw damaged(path, 'parts of it are missing')
  }
  throw new LearningError(
    `${path}: expected ${FORMAT} version ${FORMAT_VERSION}, got ${format} version ${formatVersion}: ` +
      'resume with the release that wrote it, or delete the folder to begin anew',
  )
}

function damaged(path: string, why: string): LearningError {
  return new LearningError(`${path}: damaged (${why}): delete the folder to begin anew`)
}

function replaceFile(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.partial`, content)
  renameSync(`${path}.partial`, path)
}

function pack(arrays: TrainerState['arrays']): { places: Record<string, ArrayPlace>; bytes: Uint8Array } {
  const places: Record<string, ArrayPlace> = {}
  let size = 0
  for (const [name, array] of Object.entries(arrays)) {
    const type = array.constructor.name as ArrayPlace['type']
    places[name] = { type, offset: size, length: array.length }
    size += Math.ceil(array.byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
  }
  const bytes = new Uint8Array(size)
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(arrays)) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), places[name]!.offset)
  }
  return { places, bytes }
}

function unpack(places: CheckpointFile['arrays'], bytes: Uint8Array): TrainerState['arrays'] {
  const { buffer } = Uint8Array.from(bytes) // of a file read whole, the bytes may start anywhere in their buffer
  return Object.fromEntries(
    Object.entries(places).map(([name, { type, offset, length }]) => [
      name,
      new ARRAY_TYPES[type](buffer, offset, length),
    ]),
  )
}

/** Numbers that JSON has no words for, and minus zero, would come back as others. */
const NUMBER = '$number'

function exactJson(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'number' || (Number.isFinite(item) && !Object.is(item, -0))) return item
    return { [NUMBER]: Object.is(item, -0) ? '-0' : String(item) }
  })
  return canonicalJson(JSON.parse(sorted), 2)
}

function readExactJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    const word = (item as Record<string, unknown> | null)?.[NUMBER]
    return word === undefined ? item : Number(word)
  })
}
