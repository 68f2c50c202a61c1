/**
 * Reading a recorded run: `dataset.json` and, line by line, `experiences.jsonl`.
 *
 * A run that was cut off or a file that was edited must not stop an hour of training: a line that cannot be used
 * is left out, counted by kind, and the first few are reported with file and line number.
 */
import { createHash } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { COMPRESSED_ENDINGS, DataError, readLines } from '../core/index.ts'
import type { ColumnBatch } from './columns/column-batch.ts'
import { readColumns } from './columns/read-columns.ts'
import { readDataset } from './read-dataset.ts'
import { LineProblems } from './read-problems.ts'
import { shapeFault } from './read-shape.ts'
import { type DatasetDescription, type ExperienceRecord, RECORD_VERSION } from './record.ts'

export const EXPERIENCES_FILE = 'experiences.jsonl'
/** In the order in which they are looked for. */
const FILES = [EXPERIENCES_FILE, ...COMPRESSED_ENDINGS.map((ending) => EXPERIENCES_FILE + ending)]

/** A usable record and the line that it was. */
export interface RecordedLine {
  readonly record: ExperienceRecord
  readonly text: string
  readonly number: number
}

/**
 * Opens a recorded run.
 *
 * @param path a run directory, or its `experiences.jsonl`, which may be compressed (`.gz`; `.zst` where Node reads it)
 * @throws DataError if a file is missing, empty, or does not describe a run
 */
export function openRun(path: string): RecordedRun {
  const named = FILES.includes(basename(path))
  const directory = named ? dirname(path) : path
  const description = readDataset(directory)
  const file = named ? path : experiencesOf(directory)
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) {
    throw new DataError(`${file}: no such file: record one with "loadgen run"`)
  }
  if (size === 0) {
    throw new DataError(
      `${file}: empty: the run recorded no decision; record a longer one with "loadgen run"`,
    )
  }
  return new RecordedRun(file, description)
}

/**
 * Opens several runs.
 *
 * @throws DataError if one cannot be opened, or is there twice, by whatever path
 */
export function openDistinctRuns(paths: readonly string[]): RecordedRun[] {
  const runs = paths.map(openRun)
  const files = runs.map(({ file }) => realpathSync(file))
  for (const [i, { file }] of runs.entries()) {
    if (files.indexOf(files[i]!) < i) {
      throw new DataError(`${file}: named twice: its decisions would count double; name it once`)
    }
  }
  return runs
}

/** The file of a run directory: the plain one if there are several; its name even if there is none. */
export function experiencesOf(directory: string): string {
  const files = FILES.map((name) => join(directory, name))
  return files.find((file) => statSync(file, { throwIfNoEntry: false }) !== undefined) ?? files[0]!
}

/** A run on disk. Its records are read anew by every call of `records()`. */
export class RecordedRun {
  readonly file: string
  readonly description: DatasetDescription
  /** Of the last reading, filled while it goes on. */
  readonly problems = new LineProblems()
  #contentHash: string | undefined

  constructor(file: string, description: DatasetDescription) {
    this.file = file
    this.description = description
  }

  /**
   * SHA-256 of the bytes of `experiences.jsonl`, as they are before compression; known once the
   * run has been read to its end.
   */
  get contentHash(): string {
    if (this.#contentHash === undefined)
      throw new Error(`${this.file}: contentHash before the end of records()`)
    return this.#contentHash
  }

  /** The usable records, in the order of the file. */
  *records(): Generator<ExperienceRecord> {
    for (const { record } of this.lines()) yield record
  }

  /** The same with the text of their lines: for whoever passes them on as they are. */
  *lines(): Generator<RecordedLine> {
    const hash = createHash('sha256')
    this.problems.clear()
    for (const { text, number, ended } of readLines(this.file, (bytes) => hash.update(bytes))) {
      const record = this.parse(text, number, ended)
      if (record !== undefined) yield { record, text, number }
    }
    this.#contentHash = hash.digest('hex')
  }

  /**
   * The usable records in columns, several times as fast: from the cache beside the file if it is fresh, which is
   * written otherwise.
   */
  *columns(options: { readonly cache?: boolean } = {}): Generator<ColumnBatch> {
    this.problems.clear()
    this.#contentHash = yield* readColumns(this, options.cache ?? true)
  }

  /** The record of a line; undefined, and a problem more, if it cannot be used. */
  parse(text: string, number: number, ended: boolean): ExperienceRecord | undefined {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      const detail = ended ? (error as Error).message : 'the last line is cut off'
      this.problems.add(ended ? 'garbage' : 'torn', this.file, number, detail)
      return undefined
    }
    return this.check(value, number)
  }

  /** The same for what `JSON.parse` has made of the line. */
  check(value: unknown, number: number): ExperienceRecord | undefined {
    const version = (value as { v?: unknown } | null)?.v
    if (version === undefined) {
      this.problems.add('foreign', this.file, number, 'no version "v": not an experience record')
      return undefined
    }
    if (version !== RECORD_VERSION) {
      const detail = `expected v ${RECORD_VERSION}, got ${JSON.stringify(version)}`
      this.problems.add('version', this.file, number, detail)
      return undefined
    }
    const record = value as ExperienceRecord
    const fault = shapeFault(record, this.description)
    if (fault !== undefined) {
      this.problems.add('shape', this.file, number, fault)
      return undefined
    }
    if (record.run !== this.description.run) {
      const detail = `dataset.json is of run ${this.description.run}, this line of ${record.run}`
      this.problems.add('run', this.file, number, detail)
      return undefined
    }
    return record
  }
}
