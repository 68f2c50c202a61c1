/** What is written and said when a run is over, or the segments of one are merged. */
import { terminalSummary, writeHtmlReport, writeSummary } from '../report/index.ts'
import type { FinishedRun } from '../study/index.ts'
import type { Terminal } from './terminal.ts'

export async function reportRun({ summary, directory }: FinishedRun, terminal: Terminal): Promise<void> {
  await writeSummary(directory.path, summary)
  await writeHtmlReport(directory.path, summary)
  if (terminal.json) return terminal.out(JSON.stringify(summary, null, 2))
  terminal.out(terminalSummary(summary, { style: terminal.outStyle, files: filesOf({ summary, directory }) }))
}

function filesOf({ summary, directory }: FinishedRun): { readonly what: string; readonly path: string }[] {
  return [
    { what: 'report', path: directory.report },
    { what: 'summary', path: directory.summary },
    ...(summary.experience.file === null ? [] : [{ what: 'experiences', path: directory.experiences }]),
    { what: 'requests', path: directory.requests },
    ...(summary.training === null ? [] : [{ what: 'model', path: directory.model }]),
  ]
}
