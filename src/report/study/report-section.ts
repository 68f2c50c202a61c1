/** A part of a report before it is HTML or Markdown. */
import type { TextColumn } from '../text-table.ts'

export interface ReportTable {
  readonly columns: readonly TextColumn[]
  readonly rows: readonly (readonly string[])[]
  /** Rows that the reader looks for first. */
  readonly marked?: readonly number[]
}

export interface ReportSection {
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly tables: readonly ReportTable[]
}
