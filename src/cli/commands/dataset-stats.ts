/** `loadgen dataset stats`: what is in recorded runs. */
import { datasetStatistics } from '../../experience/index.ts'
import { datasetStatisticsText } from '../../report/index.ts'
import { type Command, outputOptions } from '../command.ts'

export const datasetStats: Command<{ readonly runs: readonly string[] }> = {
  examples: [
    ['loadgen dataset stats logs/a', 'one run, by phase, service and profile'],
    ['loadgen dataset stats logs/a logs/b --json', 'two runs together, for programs'],
  ],
  positionals: {
    runs: { type: 'string', array: true, describe: 'Run directories, or their experiences.jsonl' },
  },
  options: { ...outputOptions },
  async run({ runs }, terminal) {
    const statistics = datasetStatistics(runs)
    for (const problem of statistics.problems) terminal.note(terminal.noteStyle.warn(`warning: ${problem}`))
    if (terminal.json) terminal.out(JSON.stringify(statistics, null, 2))
    else terminal.out(datasetStatisticsText(statistics, terminal.outStyle))
    return 0
  },
}
