/** Reads the binary cache of a run's columns, if it is there and fresh. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { DatasetDescription } from '../record.ts'
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
import { type ColumnBatch, type Columns, FLOAT_COLUMNS, INTEGER_COLUMNS } from './column-batch.ts'

const FLOATS = FLOAT_COLUMNS.length
const NUMBERS = FLOATS + INTEGER_COLUMNS.length

export interface ColumnCache {
  readonly contentHash: string
  readonly problems: CacheDescription['problems']
  batches(): Generator<ColumnBatch>
}

/** Undefined if there is none, or it is of another state of the file, of `dataset.json` or of this program. */
export function openColumnCache(file: string, dataset: DatasetDescription): ColumnCache | undefined {
  if (!canCache) return undefined
  let descriptor: number | undefined
  try {
    descriptor = openSync(cacheFileOf(file), 'r')
    const found = readDescription(descriptor)
    const { bytes, changedNs } = sourceOf(file)
    const fresh =
      found !== undefined &&
      found.schemaHash === schemaHashOf(dataset) &&
      found.source.bytes === bytes &&
      found.source.changedNs === changedNs
    if (!fresh) return undefined
    const opened = descriptor
    descriptor = undefined
    const messages = found.problems.messages.map((message) => file + message.slice(found.file.length))
    const problems = { counts: found.problems.counts, messages }
    return { contentHash: found.contentHash, problems, batches: () => readBatches(opened, found, dataset) }
  } catch {
    return undefined // no cache, or something else of that name: the file itself is there to be read
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function readDescription(descriptor: number): (CacheDescription & { batchCount: number }) | undefined {
  const { size } = fstatSync(descriptor)
  const head = readAt(descriptor, 0, MAGIC.length)
  const trailer = readAt(descriptor, size - TRAILER_BYTES, TRAILER_BYTES)
  if (!head.equals(MAGIC) || !trailer.subarray(8).equals(MAGIC)) return undefined
  const length = trailer.readUInt32LE(0)
  const json = readAt(descriptor, size - TRAILER_BYTES - length, length)
  return { ...(JSON.parse(json.toString('utf8')) as CacheDescription), batchCount: trailer.readUInt32LE(4) }
}

function* readBatches(
  descriptor: number,
  { batchCount, texts }: { readonly batchCount: number; readonly texts: readonly string[] },
  dataset: DatasetDescription,
): Generator<ColumnBatch> {
  const widths = { context: dataset.contextFeatures.length, instance: dataset.instanceFeatures.length }
  let room = new ArrayBuffer(0)
  let at = MAGIC.length
  try {
    for (let batch = 0; batch < batchCount; batch++) {
      const head = readAt(descriptor, at, BATCH_HEAD_BYTES)
      const counts = COLUMN_NAMES.map((_, i) => head.readUInt32LE(4 * (i + 1)))
      const bytes = upToEight(counts.reduce((sum, count, i) => sum + count * bytesOf(i), 0))
      if (room.byteLength < bytes) room = new ArrayBuffer(bytes * 2)
      readInto(descriptor, at + BATCH_HEAD_BYTES, new Uint8Array(room, 0, bytes))
      yield { rows: head.readUInt32LE(0), widths, texts, columns: columnsIn(room, counts) }
      at += BATCH_HEAD_BYTES + bytes
    }
  } finally {
    closeSync(descriptor)
  }
}

function columnsIn(room: ArrayBuffer, counts: readonly number[]): Columns {
  const columns: Record<string, Float64Array | Int32Array | Uint8Array> = {}
  let at = 0
  for (const [i, count] of counts.entries()) {
    const Kind = i < FLOATS ? Float64Array : i < NUMBERS ? Int32Array : Uint8Array
    columns[COLUMN_NAMES[i]!] = new Kind(room, at, count)
    at += count * bytesOf(i)
  }
  return columns as unknown as Columns
}

/** Of one number of a column. */
function bytesOf(column: number): number {
  return column < FLOATS ? 8 : column < NUMBERS ? 4 : 1
}

function readAt(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  readInto(descriptor, at, bytes)
  return bytes
}

/** @throws RangeError if the file ends before: then it is no cache */
function readInto(descriptor: number, at: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    const size = readSync(descriptor, bytes, done, bytes.length - done, at + done)
    if (size === 0) throw new RangeError('the cache ends too early')
    done += size
  }
}
