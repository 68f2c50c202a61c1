/** `loadgen merge`: the segments of one run as that run. */
import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EXIT_THRESHOLDS_MISSED, UsageError } from '../../core/index.ts'
import { mergeRuns, runDirectory } from '../../study/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { reportRun } from '../report-run.ts'

interface MergeArgs {
  readonly runs: readonly string[]
  readonly out?: string
  readonly partial: boolean
}

export const merge: Command<MergeArgs> = {
  examples: [
    ['loadgen merge logs/segment-*', 'the segments of one run, in any order, as logs/merged'],
    ['loadgen merge a b c --out logs/whole --partial', 'what there is, though a segment was lost'],
  ],
  positionals: {
    runs: {
      type: 'string',
      array: true,
      describe:
        'Run directories of "loadgen run --segment i/n"; for whole runs there is "loadgen dataset merge"',
    },
  },
  options: {
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'Run directory to make [default: merged, beside the first one]',
    },
    partial: {
      type: 'boolean',
      default: false,
      describe: 'Merge although segments are missing or were cut short; the summary says so',
    },
    ...outputOptions,
  },
  async run({ runs, out, partial }, terminal) {
    const path = out ?? join(dirname(resolve(runs[0]!)), 'merged')
    requireFresh(path)
    const finished = await mergeRuns({ directories: runs, into: runDirectory(path), partial })
    const { stopped, thresholds } = finished.summary
    if (stopped !== null) terminal.note(terminal.noteStyle.warn(`warning: not the whole run: ${stopped}`))
    await reportRun(finished, terminal)
    return thresholds.every(({ passed }) => passed) ? 0 : EXIT_THRESHOLDS_MISSED
  },
}

function requireFresh(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || (found.isDirectory() && readdirSync(path).length === 0)) return
  throw new UsageError(`${path}: is there already, and nothing is overwritten: choose another --out`)
}
