/** `loadgen dataset split`: a run in parts, by session or by time. */
import { DIVISIONS, type Division, splitRun } from '../../experience/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { requireWholeNumber } from '../whole-number.ts'
import { tellWritten } from '../written-runs.ts'

interface SplitArgs {
  readonly run: string
  readonly by: Division
  readonly parts: string
  readonly seed: number
  readonly out: string
}

export const datasetSplit: Command<SplitArgs> = {
  examples: [
    ['loadgen dataset split logs/a --by time --parts 0.8,0.2 --out logs/a-parts', 'the last fifth apart'],
    [
      'loadgen dataset split logs/a --by session --parts 0.5,0.5 --out logs/a-halves',
      'every user in one half',
    ],
  ],
  positionals: { run: { type: 'string', describe: 'Run directory, or its experiences.jsonl' } },
  options: {
    by: {
      choices: DIVISIONS,
      default: 'session',
      describe: 'What stays together (sessions are in requests.jsonl)',
    },
    parts: { type: 'string', default: '0.8,0.2', requiresArg: true, describe: 'Shares that sum to 1' },
    seed: { type: 'number', default: 1, requiresArg: true, describe: 'Deals sessions to parts' },
    out: {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'Directory to make, with part-1, part-2, ...',
    },
    ...outputOptions,
  },
  async run({ run, by, parts, seed, out }, terminal) {
    requireWholeNumber('--seed', seed)
    const written = await splitRun({ run, by, parts: parts.split(',').map(Number), seed, out })
    return tellWritten(written, terminal, (directory) => `loadgen train ${directory}`)
  },
}
