/** `loadgen dataset merge`: several runs as one. */
import { mergeRuns } from '../../experience/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { tellWritten } from '../written-runs.ts'

export const datasetMerge: Command<{ readonly runs: readonly string[]; readonly out: string }> = {
  examples: [['loadgen dataset merge logs/a logs/b --out logs/ab', 'two runs as one']],
  positionals: {
    runs: {
      type: 'string',
      array: true,
      describe:
        'Run directories, or their experiences.jsonl; for the segments of one run there is "loadgen merge"',
    },
  },
  options: {
    out: { type: 'string', demandOption: true, requiresArg: true, describe: 'Run directory to make' },
    ...outputOptions,
  },
  async run({ runs, out }, terminal) {
    return tellWritten(await mergeRuns({ runs, out }), terminal, (directory) => `loadgen train ${directory}`)
  },
}
