/** `loadgen dataset validate`: what is wrong with recorded data. */
import { lintFiles } from '../../experience/index.ts'
import { lintText } from '../../report/index.ts'
import { type Command, outputOptions } from '../command.ts'

/** That of data which cannot be read (`DataError`): for a script, data with faults is no better. */
const EXIT_FAULTS = 4

export const datasetValidate: Command<{ readonly files: readonly string[] }> = {
  examples: [
    ['loadgen dataset validate logs/a', 'every line and the whole of a run'],
    ['loadgen dataset validate rl_experiences.jsonl', "the predecessor's records"],
  ],
  positionals: {
    files: { type: 'string', array: true, describe: 'Run directories, or JSONL files' },
  },
  options: { ...outputOptions },
  async run({ files }, terminal) {
    const linted = lintFiles(files)
    if (terminal.json) terminal.out(JSON.stringify(linted, null, 2))
    else terminal.out(lintText(linted, terminal.outStyle))
    const faulty = linted.some(({ findings }) => findings.some(({ level }) => level === 'fault'))
    return faulty ? EXIT_FAULTS : 0
  },
}
