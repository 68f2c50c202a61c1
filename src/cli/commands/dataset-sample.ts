/** `loadgen dataset sample`: a share of a run, by session or by time. */
import { DIVISIONS, type Division, sampleRun } from '../../experience/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { requireWholeNumber } from '../whole-number.ts'
import { tellWritten } from '../written-runs.ts'

interface SampleArgs {
  readonly run: string
  readonly by: Division
  readonly share: number
  readonly seed: number
  readonly out: string
}

export const datasetSample: Command<SampleArgs> = {
  examples: [
    ['loadgen dataset sample logs/a --share 0.1 --out logs/a-tenth', 'about a tenth of the sessions'],
  ],
  positionals: { run: { type: 'string', describe: 'Run directory, or its experiences.jsonl' } },
  options: {
    share: { type: 'number', default: 0.1, requiresArg: true, describe: 'Above 0 and below 1' },
    by: {
      choices: DIVISIONS,
      default: 'session',
      describe: 'What stays together (sessions are in requests.jsonl)',
    },
    seed: { type: 'number', default: 1, requiresArg: true, describe: 'Draws sessions or minutes' },
    out: { type: 'string', demandOption: true, requiresArg: true, describe: 'Run directory to make' },
    ...outputOptions,
  },
  async run({ run, by, share, seed, out }, terminal) {
    requireWholeNumber('--seed', seed)
    const written = await sampleRun({ run, by, share, seed, out })
    return tellWritten(written, terminal, (directory) => `loadgen train ${directory}`)
  },
}
