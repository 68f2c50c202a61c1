/** `export`: a run in the formats of others. The description of the run is written beside what they have no place for. */
import { DataError } from '../../core/index.ts'
import { openRun, type RecordedRun } from '../read-records.ts'
import { type DerivedRuns, leftOutOf, problemsOf, writeDataset } from './derived-run.ts'
import { exportCsv } from './export-csv.ts'
import { exportMinari } from './export-minari.ts'
import { exportParquet } from './export-parquet.ts'
import { type Exported, exportPredecessor } from './export-predecessor.ts'
import { writeFreshDirectory } from './fresh-directory.ts'

type Exporter = (run: RecordedRun, directory: string) => Promise<Exported>

const EXPORTERS = {
  parquet: async (run, directory) => plain(await exportParquet(run, directory)),
  csv: async (run, directory) => plain(exportCsv(run, directory)),
  predecessor: async (run, directory) => exportPredecessor(run, directory),
  minari: exportMinari,
} as const satisfies Record<string, Exporter>

export type ExportFormat = keyof typeof EXPORTERS
export const EXPORT_FORMATS = Object.keys(EXPORTERS) as ExportFormat[]

/**
 * @throws DataError if the run cannot be read, or has nothing to export
 * @throws UsageError if the format needs a package that is not installed
 */
export async function exportRun({
  run: path,
  format,
  out,
}: {
  readonly run: string
  readonly format: ExportFormat
  readonly out: string
}): Promise<DerivedRuns> {
  const run = openRun(path)
  return await writeFreshDirectory(out, async (partial) => {
    const { decisions, leftOut, problems } = await EXPORTERS[format](run, partial)
    if (decisions === 0) throw new DataError(`${run.file}: no record to export as ${format}`)
    writeDataset(partial, run.description)
    return {
      runs: [{ directory: out, decisions }],
      leftOut: { ...leftOutOf([run]), ...leftOut },
      problems: [...problemsOf([run]), ...problems],
    }
  })
}

function plain(decisions: number): Exported {
  return { decisions, leftOut: {}, problems: [] }
}
