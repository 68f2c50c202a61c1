/** `split` and `sample`: lines of a run as they are, dealt to other runs by session or by time. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, UsageError } from '../../core/index.ts'
import { openRun, type RecordedRun } from '../read-records.ts'
import { type Chooser, type Division, partsOf, sampleOf } from './chooser.ts'
import { DerivedRun, type DerivedRuns, leftOutOf, madeBy, problemsOf } from './derived-run.ts'
import { writeFreshDirectory } from './fresh-directory.ts'
import { readRequests, requestsFileOf } from './session-index.ts'

export interface SplitOptions {
  readonly run: string
  readonly by: Division
  /** Above 0, and 1 in sum. */
  readonly parts: readonly number[]
  readonly seed: number
  /** Gets the run directories `part-1`, `part-2` and so on. */
  readonly out: string
}

/**
 * @throws UsageError for shares that are none
 * @throws DataError if the run cannot be read, or a part would be empty
 */
export async function splitRun({ run: path, by, parts, seed, out }: SplitOptions): Promise<DerivedRuns> {
  const sum = parts.reduce((total, share) => total + share, 0)
  if (parts.length < 2 || !parts.every((share) => share > 0) || Math.abs(sum - 1) > 1e-9) {
    throw new UsageError(
      `--parts: expected shares above 0 that sum to 1, e.g. 0.8,0.2, got ${parts.join(',')}`,
    )
  }
  const run = openRun(path)
  return await writeFreshDirectory(out, (partial) => {
    const chooser = partsOf(run, by, parts, seed)
    const names = parts.map((_, part) => `part-${part + 1}`)
    for (const name of names) mkdirSync(join(partial, name))
    const command = `split --by ${by} --parts ${parts.join(',')} --seed ${seed}`
    const counts = deal(
      run,
      chooser,
      command,
      names.map((name) => join(partial, name)),
    )
    return derived(
      run,
      names.map((name, part) => ({ directory: join(out, name), decisions: counts[part]! })),
    )
  })
}

export interface SampleOptions {
  readonly run: string
  readonly by: Division
  /** Above 0 and below 1. */
  readonly share: number
  readonly seed: number
  readonly out: string
}

/**
 * @throws UsageError for a share that is none
 * @throws DataError if the run cannot be read, or the sample would be empty
 */
export async function sampleRun({ run: path, by, share, seed, out }: SampleOptions): Promise<DerivedRuns> {
  if (!(share > 0 && share < 1)) {
    throw new UsageError(`--share: expected a number above 0 and below 1, got ${share}`)
  }
  const run = openRun(path)
  return await writeFreshDirectory(out, (partial) => {
    const chooser = sampleOf(run, by, share, seed)
    const [decisions] = deal(run, chooser, `sample --by ${by} --share ${share} --seed ${seed}`, [partial])
    return derived(run, [{ directory: out, decisions: decisions! }])
  })
}

/** Returns the number of decisions of each part. */
function deal(run: RecordedRun, chooser: Chooser, command: string, paths: readonly string[]): number[] {
  const requests = requestsFileOf(run)
  const parts = paths.map(
    (path) =>
      new DerivedRun(path, madeBy(run.description, command, [run]), { requests: requests !== undefined }),
  )
  try {
    for (const { record, text } of run.lines()) parts[chooser.partOf(record)]?.experiences.line(text)
    if (requests !== undefined) {
      for (const request of readRequests(requests)) {
        parts[chooser.partOfRequest(request)]?.requests?.line(request.text)
      }
    }
  } finally {
    for (const part of parts) part.close()
  }
  const counts = parts.map(({ experiences }) => experiences.lines)
  const empty = counts.indexOf(0)
  if (empty < 0) return counts
  const part = parts.length === 1 ? 'the sample' : `part ${empty + 1}`
  throw new DataError(`${run.file}: ${part} would have no decision: choose a larger share or another --seed`)
}

function derived(run: RecordedRun, runs: DerivedRuns['runs']): DerivedRuns {
  return { runs, leftOut: leftOutOf([run]), problems: problemsOf([run]) }
}
