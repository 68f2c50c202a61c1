/**
 * Comma-separated values (RFC 4180): one row per decision, one column per feature. What is not known is an empty cell.
 * Services with fewer instances than the largest leave its columns empty.
 */
import { join } from 'node:path'
import type { RecordedRun } from '../read-records.ts'
import type { DatasetDescription, RecordedState } from '../record.ts'
import { type Cell, SCALAR_COLUMNS } from './table-columns.ts'
import { TextFile } from './text-file.ts'

export const CSV_FILE = 'experiences.csv'

export function exportCsv(run: RecordedRun, directory: string): number {
  const { description } = run
  const most = Math.max(0, ...Object.values(description.services).map(({ length }) => length))
  const file = new TextFile(join(directory, CSV_FILE))
  try {
    file.line(headerOf(description, most).map(cellText).join(','))
    for (const record of run.records()) {
      const cells: Cell[] = SCALAR_COLUMNS.map(({ of }) => of(record))
      for (let i = 0; i < most; i++) cells.push(record.propensity?.[i] ?? null)
      pushState(cells, record.state, description, most)
      pushState(cells, record.next, description, most)
      file.line(cells.map(cellText).join(','))
    }
  } finally {
    file.close()
  }
  return file.lines - 1
}

function headerOf({ contextFeatures, instanceFeatures }: DatasetDescription, most: number): string[] {
  const instances = Array.from({ length: most }, (_, i) => i)
  const state = [
    ...contextFeatures,
    ...instances.flatMap((i) => instanceFeatures.map((name) => `${i}.${name}`)),
  ]
  return [
    ...SCALAR_COLUMNS.map(({ name }) => name),
    ...instances.map((i) => `propensity.${i}`),
    ...state.map((name) => `state.${name}`),
    ...state.map((name) => `next.${name}`),
  ]
}

function pushState(
  cells: Cell[],
  state: RecordedState | null,
  { contextFeatures, instanceFeatures }: DatasetDescription,
  most: number,
): void {
  for (let f = 0; f < contextFeatures.length; f++) cells.push(state?.context[f] ?? null)
  for (let i = 0; i < most; i++) {
    for (let f = 0; f < instanceFeatures.length; f++) cells.push(state?.instances[i]?.[f] ?? null)
  }
}

function cellText(cell: Cell): string {
  if (cell === null) return ''
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
