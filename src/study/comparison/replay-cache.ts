/**
 * Results of replays on disk, by what they depend on: scenario, policy, seed and program. Each is a file of its own, so
 * that an interrupted comparison goes on where it was, and whatever changes is replayed.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash, makeFolder, WorldError } from '../../core/index.ts'
import type { ReplayResult } from '../replay.ts'

const FORMAT = 'loadgen-replay'
const FORMAT_VERSION = 1

/** All that a result depends on. */
export interface ReplayKey {
  readonly scenarioHash: string
  readonly program: string
  /** Canonical text and version of the policy: of a model, its hash. */
  readonly policy: { readonly id: string; readonly version: string }
  readonly seed: number
}

interface CachedReplay {
  readonly format: string
  readonly formatVersion: number
  readonly key: ReplayKey
  readonly result: ReplayResult
}

export class ReplayCache {
  readonly #directory: string

  /** @throws WorldError if the directory cannot be made */
  constructor(directory: string) {
    this.#directory = directory
    try {
      makeFolder(directory)
    } catch (error) {
      throw cannotWrite(directory, error)
    }
  }

  /** Undefined if it is not there, or damaged: then it is to be made anew. `policy` is what the result is to be called. */
  get(key: ReplayKey, policy: string): ReplayResult | undefined {
    let text: string
    try {
      text = readFileSync(this.#pathOf(key), 'utf8')
    } catch {
      return undefined
    }
    const cached = parse(text)
    const valid =
      cached?.format === FORMAT &&
      cached.formatVersion === FORMAT_VERSION &&
      contentHash(cached.key) === contentHash(key)
    return valid ? { ...withUnknowns(cached.result), policy } : undefined
  }

  /** @throws WorldError if it cannot be written */
  put(key: ReplayKey, result: ReplayResult): void {
    const path = this.#pathOf(key)
    const cached: CachedReplay = { format: FORMAT, formatVersion: FORMAT_VERSION, key, result }
    const temporary = `${path}.${process.pid}.tmp`
    try {
      makeFolder(join(this.#directory, folderOf(key)))
      writeFileSync(temporary, `${JSON.stringify(cached)}\n`)
      renameSync(temporary, path) // so that a reader finds the whole of it, or nothing
    } catch (error) {
      rmSync(temporary, { force: true })
      throw cannotWrite(path, error)
    }
  }

  #pathOf(key: ReplayKey): string {
    const { id } = key.policy
    const name = id.replaceAll(/[^\w.-]+/g, '-').slice(0, 40)
    return join(
      this.#directory,
      folderOf(key),
      `${name}-${contentHash(key.policy).slice(0, 8)}-${key.seed}.json`,
    )
  }
}

/** What JSON has made null of is not known; the share of faulty instances is null by itself. */
export function withUnknowns(result: ReplayResult): ReplayResult {
  const entries = Object.entries(result).map(([field, value]) => {
    const unknown = value === null && field !== 'faultyShare'
    return [field, unknown ? Number.NaN : (value as unknown)]
  })
  return Object.fromEntries(entries) as unknown as ReplayResult
}

function folderOf({ scenarioHash, program }: ReplayKey): string {
  return `${scenarioHash.slice(0, 16)}-${program.replaceAll(/[^\w.-]+/g, '-')}`
}

function parse(text: string): CachedReplay | undefined {
  try {
    return JSON.parse(text) as CachedReplay
  } catch {
    return undefined
  }
}

function cannotWrite(path: string, error: unknown): WorldError {
  return new WorldError(
    `${path}: replays cannot be kept there (${(error as Error).message}): name another folder, or check its rights`,
  )
}
