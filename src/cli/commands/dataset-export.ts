/** `loadgen dataset export`: a run in the formats of others. */
import { EXPORT_FORMATS, type ExportFormat, exportRun } from '../../experience/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { tellWritten } from '../written-runs.ts'

interface ExportArgs {
  readonly run: string
  readonly format: ExportFormat
  readonly out: string
}

const READERS: Readonly<Record<ExportFormat, (directory: string) => string>> = {
  parquet: (directory) => `duckdb -c "from '${directory}/*/*.parquet' limit 5"`,
  csv: (directory) => `${directory}/experiences.csv`,
  predecessor: (directory) => `its trainer reads ${directory}/rl_experiences.jsonl`,
  minari: (directory) => `MINARI_DATASETS_PATH=${directory}, one data set per service`,
}

export const datasetExport: Command<ExportArgs> = {
  examples: [
    ['loadgen dataset export logs/a --format parquet --out exports/a', 'one folder per phase'],
    ['loadgen dataset export logs/a --format predecessor --out exports/a-old', 'for its unmodified trainer'],
  ],
  positionals: { run: { type: 'string', describe: 'Run directory, or its experiences.jsonl' } },
  options: {
    format: { choices: EXPORT_FORMATS, default: 'parquet', describe: 'What to write' },
    out: { type: 'string', demandOption: true, requiresArg: true, describe: 'Directory to make' },
    ...outputOptions,
  },
  async run({ run, format, out }, terminal) {
    return tellWritten(await exportRun({ run, format, out }), terminal, READERS[format])
  },
}
