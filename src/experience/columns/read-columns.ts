/** A recorded run in columns: by the scanner, line by line through `JSON.parse` where that refuses, or from the cache. */
import { createHash } from 'node:crypto'
import { LONGEST_LINE_BYTES, readChunks, tooLong } from '../../core/index.ts'
import type { RecordedRun } from '../read-records.ts'
import { openColumnCache } from './cache-reader.ts'
import { CacheWriter } from './cache-writer.ts'
import type { ColumnBatch } from './column-batch.ts'
import { ColumnWriter } from './column-writer.ts'
import { RecordScanner } from './record-scanner.ts'

const BATCH_ROWS = 4096
const NEWLINE = 10

/**
 * Yields the usable records of a run; the problems of the run are filled meanwhile.
 *
 * @returns SHA-256 of the content of `experiences.jsonl`
 */
export function* readColumns(run: RecordedRun, cached: boolean): Generator<ColumnBatch, string> {
  const cache = cached ? openColumnCache(run.file, run.description) : undefined
  if (cache !== undefined) {
    run.problems.restore(cache.problems)
    yield* cache.batches()
    return cache.contentHash
  }
  const reading = new Reading(run)
  const writer = cached ? CacheWriter.begin(run.file, run.description) : undefined
  try {
    for (const batch of reading.batches()) {
      writer?.write(batch)
      yield batch
    }
    const contentHash = reading.hash.digest('hex')
    writer?.finish({
      contentHash,
      lines: reading.lines,
      texts: reading.writer.texts.texts,
      problems: run.problems,
    })
    return contentHash
  } finally {
    writer?.abandon() // unless it is finished
  }
}

class Reading {
  readonly hash = createHash('sha256')
  readonly writer: ColumnWriter
  lines = 0
  readonly #run: RecordedRun
  readonly #scanner: RecordScanner

  constructor(run: RecordedRun) {
    this.#run = run
    this.writer = new ColumnWriter(run.description)
    this.#scanner = new RecordScanner(run.description, this.writer)
  }

  *batches(): Generator<ColumnBatch> {
    let tail: Buffer = Buffer.alloc(0)
    for (const chunk of readChunks(this.#run.file)) {
      this.hash.update(chunk)
      let start = 0
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start)
        if (end < 0) break
        if (tail.length === 0) this.#line(chunk, start, end, true)
        else {
          const line = Buffer.concat([tail, chunk.subarray(start, end)])
          tail = Buffer.alloc(0)
          this.#line(line, 0, line.length, true)
        }
        start = end + 1
        if (this.writer.rows >= BATCH_ROWS) yield* this.#take()
      }
      tail = Buffer.concat([tail, chunk.subarray(start)])
      if (tail.length > LONGEST_LINE_BYTES) throw tooLong(this.#run.file, this.lines + 1)
    }
    if (tail.length > 0) this.#line(tail, 0, tail.length, false)
    yield* this.#take()
  }

  #line(bytes: Buffer, start: number, end: number, ended: boolean): void {
    this.lines++
    if (start === end || this.#scanner.append(bytes, start, end, this.lines)) return
    const record = this.#run.parse(bytes.toString('utf8', start, end), this.lines, ended)
    if (record !== undefined) this.writer.append(record, this.lines)
  }

  *#take(): Generator<ColumnBatch> {
    if (this.writer.rows === 0) return
    yield this.writer.batch()
    this.writer.clear()
  }
}
