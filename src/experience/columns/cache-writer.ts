/** Writes the binary cache while the file is read. It appears as a whole or not at all; trouble means no cache. */
import { closeSync, fstatSync, openSync, renameSync, rmSync, writevSync } from 'node:fs'
import type { LineProblems } from '../read-problems.ts'
import type { DatasetDescription } from '../record.ts'
import { removeAbandoned } from '../remove-abandoned.ts'
import {
  BATCH_HEAD_BYTES,
  type CacheDescription,
  COLUMN_NAMES,
  cacheFileOf,
  canCache,
  MAGIC,
  schemaHashOf,
  sourceOf,
  TRAILER_BYTES,
  upToEight,
} from './cache-format.ts'
import type { ColumnBatch } from './column-batch.ts'

/** Reading less than this again takes no time. */
const SMALLEST_SOURCE_BYTES = 1 << 20

export class CacheWriter {
  readonly #file: string
  readonly #partial: string
  readonly #schemaHash: string
  readonly #source: CacheDescription['source']
  #descriptor: number | undefined
  #batches = 0

  private constructor(file: string, dataset: DatasetDescription, source: CacheDescription['source']) {
    this.#file = file
    this.#partial = `${cacheFileOf(file)}.partial-${process.pid}`
    this.#schemaHash = schemaHashOf(dataset)
    this.#source = source
    this.#descriptor = openSync(this.#partial, 'wx')
  }

  /** Undefined where a cache is not worth it, or cannot be written: a folder may be read-only, a disk full. */
  static begin(file: string, dataset: DatasetDescription): CacheWriter | undefined {
    const source = sourceOf(file)
    if (source.bytes < SMALLEST_SOURCE_BYTES || !canCache) return undefined
    try {
      removeAbandoned(`${cacheFileOf(file)}.partial-`)
      const writer = new CacheWriter(file, dataset, source)
      writer.#put([MAGIC])
      return writer
    } catch {
      return undefined
    }
  }

  write({ rows, columns }: ColumnBatch): void {
    const head = new Uint32Array(BATCH_HEAD_BYTES / 4)
    head[0] = rows
    const arrays = COLUMN_NAMES.map((name) => columns[name])
    for (const [i, { length }] of arrays.entries()) head[i + 1] = length
    const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)
    this.#put([head, ...arrays, new Uint8Array(upToEight(bytes) - bytes)])
    this.#batches++
  }

  /** Puts the cache in its place, unless the file has changed meanwhile: then it is a cache of nothing. */
  finish(
    content: Pick<CacheDescription, 'contentHash' | 'lines' | 'texts'> & { problems: LineProblems },
  ): void {
    const description: CacheDescription = {
      schemaHash: this.#schemaHash,
      source: this.#source,
      file: this.#file,
      ...content,
      problems: content.problems.save(),
    }
    const json = Buffer.from(JSON.stringify(description))
    const trailer = Buffer.alloc(TRAILER_BYTES)
    trailer.writeUInt32LE(json.length, 0)
    trailer.writeUInt32LE(this.#batches, 4)
    MAGIC.copy(trailer, 8)
    this.#put([json, trailer])
    if (this.#descriptor === undefined) return
    const now = sourceOf(this.#file)
    if (now.bytes !== this.#source.bytes || now.changedNs !== this.#source.changedNs) return
    try {
      renameSync(this.#partial, cacheFileOf(this.#file))
      closeSync(this.#descriptor)
      this.#descriptor = undefined
    } catch {
      this.abandon()
    }
  }

  /** Removes what was written so far, unless it is finished. */
  abandon(): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
    rmSync(this.#partial, { force: true })
  }

  #put(pieces: readonly NodeJS.ArrayBufferView[]): void {
    if (this.#descriptor === undefined) return
    try {
      const before = fstatSync(this.#descriptor).size
      writevSync(this.#descriptor, pieces)
      const wanted = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
      if (fstatSync(this.#descriptor).size - before !== wanted) this.abandon()
    } catch {
      this.abandon()
    }
  }
}
