/**
 * The binary cache of a run's columns, `<experiences file>.bin` beside the file.
 *
 *     magic         8 bytes, with the version of the format
 *     batches       each: rows and the length of every column (uint32), filled up to 8 bytes; then the columns, those of
 *                   8 bytes first, filled up to 8 bytes at the end
 *     description   JSON (`CacheDescription`)
 *     trailer       length of the description (uint32), number of batches (uint32), magic again
 *
 * Numbers are little-endian, as every machine is that Node 20 runs on but s390x; there, there is no cache.
 */
import { statSync } from 'node:fs'
import { endianness } from 'node:os'
import { contentHash } from '../../core/index.ts'
import type { LineProblems } from '../read-problems.ts'
import type { DatasetDescription } from '../record.ts'
import { BYTE_COLUMNS, FLOAT_COLUMNS, INTEGER_COLUMNS } from './column-batch.ts'

/** The version goes up with every change in what is read from a line: a cache has what an older release made of it. */
export const MAGIC = Buffer.from('LGCOLS02', 'latin1')
export const TRAILER_BYTES = 16
export const COLUMN_NAMES = [...FLOAT_COLUMNS, ...INTEGER_COLUMNS, ...BYTE_COLUMNS]
/** Length of what stands before the columns of a batch. */
export const BATCH_HEAD_BYTES = upToEight(4 * (COLUMN_NAMES.length + 1))

export interface CacheDescription {
  /** Of `dataset.json` and the list of columns: what the columns mean. */
  readonly schemaHash: string
  /** Size and time of change of the file that was read. */
  readonly source: { readonly bytes: number; readonly changedNs: string }
  readonly lines: number
  /** Name under which it was read: it stands in the messages. */
  readonly file: string
  /** Of the lines that were read. */
  readonly contentHash: string
  readonly texts: readonly string[]
  readonly problems: ReturnType<LineProblems['save']>
}

export function cacheFileOf(file: string): string {
  return `${file}.bin`
}

export function schemaHashOf(dataset: DatasetDescription): string {
  return contentHash({ dataset, columns: COLUMN_NAMES })
}

/** What tells one state of a file from another. Copying tools set the time of the content back; that of the inode nobody can. */
export function sourceOf(file: string): CacheDescription['source'] {
  const { size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
  return { bytes: Number(size), changedNs: `${mtimeNs} ${ctimeNs}` }
}

export const canCache = endianness() === 'LE'

export function upToEight(bytes: number): number {
  return (bytes + 7) & ~7
}
