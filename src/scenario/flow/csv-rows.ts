/** A CSV file as rows of texts (RFC 4180): fields in quotes may hold commas, line ends, and quotes written twice. */

/** @returns the rows, the line of names being the first; undefined if a quoted field never ends */
export function csvRows(text: string): string[][] | undefined {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    let field: string
    if (text[at] === '"') {
      const end = quoteEnd(text, at + 1)
      if (end === -1) return undefined
      field = text.slice(at + 1, end).replaceAll('""', '"')
      at = end + 1
    } else {
      const end = fieldEnd(text, at)
      field = text.slice(at, end)
      at = end
    }
    row.push(field)
    if (text[at] === ',') {
      at++
      // A comma at the very end has an empty field behind it.
      if (at === text.length) row.push('')
      continue
    }
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  if (row.length > 0) rows.push(row)
  return rows
}

function quoteEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  return -1
}

function fieldEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++
  return at
}
