/** `loadgen dataset import`: the predecessor's records as a run of ours. */
import { importPredecessor } from '../../experience/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { tellWritten } from '../written-runs.ts'

export const datasetImport: Command<{ readonly file: string; readonly out: string }> = {
  examples: [
    ['loadgen dataset import rl_experiences.jsonl --out logs/imported', 'a run directory to look at'],
  ],
  positionals: { file: { type: 'string', describe: "The predecessor's file, compressed or not" } },
  options: {
    out: { type: 'string', demandOption: true, requiresArg: true, describe: 'Run directory to make' },
    ...outputOptions,
  },
  async run({ file, out }, terminal) {
    const written = await importPredecessor({ file, out })
    return tellWritten(written, terminal, (directory) => `loadgen dataset stats ${directory}`)
  },
}
