/** Writing runs that are made from others: whole run directories, which every reader of runs takes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '../../core/index.ts'
import { DATASET_FILE } from '../read-dataset.ts'
import { EXPERIENCES_FILE, type RecordedRun } from '../read-records.ts'
import type { DatasetDescription } from '../record.ts'
import { REQUESTS_FILE } from './session-index.ts'
import { TextFile } from './text-file.ts'

/** What came of a command that writes runs. */
export interface WrittenRun {
  readonly directory: string
  readonly decisions: number
}

export interface DerivedRuns {
  readonly runs: readonly WrittenRun[]
  /** Records that were left out, by reason. */
  readonly leftOut: Readonly<Record<string, number>>
  /** What was wrong with lines, and what a reader should know, in words. */
  readonly problems: readonly string[]
}

export class DerivedRun {
  readonly experiences: TextFile
  readonly requests: TextFile | undefined

  /** @param path an empty directory */
  constructor(path: string, description: DatasetDescription, { requests }: { readonly requests: boolean }) {
    writeDataset(path, description)
    this.experiences = new TextFile(join(path, EXPERIENCES_FILE))
    this.requests = requests ? new TextFile(join(path, REQUESTS_FILE)) : undefined
  }

  close(): void {
    this.experiences.close()
    this.requests?.close()
  }
}

export function writeDataset(path: string, description: DatasetDescription): void {
  writeFileSync(join(path, DATASET_FILE), `${JSON.stringify(description, null, 2)}\n`)
}

/** The description of a run that was made from others by a command. */
export function madeBy(
  description: DatasetDescription,
  command: string,
  from: readonly RecordedRun[],
): DatasetDescription & Required<Pick<DatasetDescription, 'made'>> {
  const foreign = from.some((run) => run.description.made?.foreignRewards === true)
  const origin = foreign ? ({ foreignRewards: true } as const) : {}
  return { ...description, made: { by: command, from: from.map((run) => run.description.run), ...origin } }
}

export function leftOutOf(runs: readonly RecordedRun[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const run of runs) {
    for (const [fault, count] of run.problems.counts) counts[fault] = (counts[fault] ?? 0) + count
  }
  return counts
}

export function problemsOf(runs: readonly RecordedRun[]): string[] {
  return runs.flatMap((run) => run.problems.messages)
}

/** Whether two values are alike, whatever the order of their fields. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b)
}
