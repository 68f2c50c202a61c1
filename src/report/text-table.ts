/** Aligned columns of text for the terminal. */
import { stripVTControlCharacters } from 'node:util'
import type { Style } from './style.ts'

export interface TextColumn {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** Columns by title; the numbers of a table stand on the right, so that their digits line up. */
export function columns(left: readonly string[], right: readonly string[]): TextColumn[] {
  return [
    ...left.map((title) => ({ title, align: 'left' as const })),
    ...right.map((title) => ({ title, align: 'right' as const })),
  ]
}

/**
 * A table as lines, indented by two spaces. Cells may carry colour: only what is visible counts as width.
 *
 * @param rows one cell per column
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const widths = columns.map((column, i) => {
    const cells = rows.map((row) => visibleWidth(row[i]!))
    return Math.max(visibleWidth(column.title), ...cells)
  })
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => pad(cell, widths[i]!, columns[i]!.align))
    return `  ${padded.join('  ')}`.trimEnd()
  }
  const header = columns.some((column) => column.title !== '')
    ? [style.dim(line(columns.map((column) => column.title)))]
    : []
  return [...header, ...rows.map(line)]
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const fill = ' '.repeat(width - visibleWidth(cell))
  return align === 'left' ? cell + fill : fill + cell
}

function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length
}
