/** The data of a flow: rows whose columns are variables, in the file of the scenario or in one beside it. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Problems } from '../problems.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'
import { csvRows } from './csv-rows.ts'
import { BUILT_IN_VARIABLES, type FlowData, type Scalar } from './flow.ts'
import type { DataFile } from './flow-schema.ts'

/** They become part of the scenario and its manifest: more than this is a data base. */
const MOST_ROWS = 100_000

type Row = Readonly<Record<string, Scalar>>

/**
 * Reads the rows, and files what is wrong with them.
 *
 * @param base where `data` stands in the document
 */
export function readData(
  document: SourceDocument,
  base: FieldPath,
  { rows, file, order }: DataFile,
  problems: Problems,
): FlowData | undefined {
  const add = (field: string, text: string): undefined =>
    problems.add(document, [...base, field], text) as undefined
  if (rows !== undefined && file !== undefined) return add('file', 'expected either rows or a file, got both')
  if (file === undefined) {
    if (rows === undefined)
      return problems.add(document, base, 'expected rows or a file, got neither') as undefined
    return tableOf(rows, order, (text) => add('rows', text))
  }
  const place = path.resolve(path.dirname(document.file), file)
  const read = rowsOf(place)
  if (typeof read === 'string') return add('file', `${place}: ${read}`)
  return tableOf(read, order, (text) => add('file', `${place}: ${text}`))
}

function tableOf(
  rows: readonly Row[],
  order: FlowData['order'],
  complain: (text: string) => undefined,
): FlowData | undefined {
  const columns = Object.keys(rows[0] ?? {})
  if (rows.length === 0 || columns.length === 0)
    return complain('expected at least one row with a column, got none')
  if (rows.length > MOST_ROWS) return complain(`expected at most ${MOST_ROWS} rows, got ${rows.length}`)
  const odd = rows.findIndex((row) => Object.keys(row).toSorted().join() !== columns.toSorted().join())
  if (odd !== -1) {
    const got = Object.keys(rows[odd]!).join(', ')
    return complain(`expected the columns ${columns.join(', ')} in every row, got ${got} in row ${odd + 1}`)
  }
  const taken = columns.find((column) => BUILT_IN_VARIABLES.some((one) => one === column))
  if (taken !== undefined) return complain(`"${taken}" is built in: choose another name for the column`)
  return { order, columns, rows: rows.map((row) => columns.map((column) => row[column]!)) }
}

/** The rows of a file, or what is wrong with it. */
function rowsOf(file: string): Row[] | string {
  let text: string
  try {
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): correct the path`
  }
  if (file.endsWith('.json')) return jsonRows(text)
  if (!file.endsWith('.csv')) return 'expected a file that ends in .csv or .json'
  const lines = csvRows(text)
  if (lines === undefined) return 'a field in quotes never ends: close it'
  const [names = [], ...rows] = lines
  const odd = rows.findIndex((row) => row.length !== names.length)
  if (odd !== -1)
    return `expected ${names.length} fields in every row, got ${rows[odd]!.length} in row ${odd + 1}`
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name.trim(), row[i]!])))
}

function jsonRows(text: string): Row[] | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `is no JSON (${(error as Error).message})`
  }
  const isRow = (row: unknown): boolean =>
    row !== null &&
    typeof row === 'object' &&
    !Array.isArray(row) &&
    Object.values(row).every((field) => field === null || typeof field !== 'object')
  return Array.isArray(value) && value.every(isRow)
    ? (value as Row[])
    : 'expected a list of maps of texts, numbers, true, false and null'
}
