/**
 * Reading a recorded run: `dataset.json` and, line by line, `experiences.jsonl`.
 *
 * A run that was cut off or a file that was edited must not stop an hour of training: a line that cannot be used
 * is left out, counted by kind, and the first few are reported with file and line number.
 */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../core/index.ts'
import { readDataset } from './read-dataset.ts'
import { readLines } from './read-lines.ts'
import { LineProblems } from './read-problems.ts'
import { shapeFault } from './read-shape.ts'
import { type DatasetDescription, type ExperienceRecord, RECORD_VERSION } from './record.ts'

export const EXPERIENCES_FILE = 'experiences.jsonl'

/**
 * Opens a recorded run.
 *
 * @param path a run directory, or its `experiences.jsonl`
 * @throws DataError if a file is missing, empty, or does not describe a run
 */
export function openRun(path: string): RecordedRun {
  const directory = basename(path) === EXPERIENCES_FILE ? dirname(path) : path
  const description = readDataset(directory)
  const file = join(directory, EXPERIENCES_FILE)
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

  /** SHA-256 of the bytes of `experiences.jsonl`; known once `records()` has been read to its end. */
  get contentHash(): string {
    if (this.#contentHash === undefined)
      throw new Error(`${this.file}: contentHash before the end of records()`)
    return this.#contentHash
  }

  /** The usable records, in the order of the file. */
  *records(): Generator<ExperienceRecord> {
    const hash = createHash('sha256')
    this.problems.clear()
    for (const line of readLines(this.file, (bytes) => hash.update(bytes))) {
      const record = this.#parse(line.text, line.number, line.ended)
      if (record !== undefined) yield record
    }
    this.#contentHash = hash.digest('hex')
  }

  #parse(text: string, number: number, ended: boolean): ExperienceRecord | undefined {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      const detail = ended ? (error as Error).message : 'the last line is cut off'
      this.problems.add(ended ? 'garbage' : 'torn', this.file, number, detail)
      return undefined
    }
    return this.#check(value, number)
  }

  #check(value: unknown, number: number): ExperienceRecord | undefined {
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
