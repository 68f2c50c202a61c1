/** What every table of the HTML report looks like. */
import { html, type Markup, NOTHING } from './html.ts'

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | Markup
  /** Texts stand on the left, numbers on the right. */
  readonly text?: true
  readonly bad?: (row: Row) => boolean
}

/** A table in a card; nothing if there are no rows. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  isMarked: (row: Row) => boolean = () => false,
): Markup {
  if (rows.length === 0) return NOTHING
  const head = columns.map(
    (column) => html`<th scope="col"${classes(column.text && 'left')}>${column.title}</th>`,
  )
  const body = rows.map((row) => {
    const cells = columns.map(
      (column) =>
        html`<td${classes(column.text && 'left', column.bad?.(row) && 'bad')}>${column.cell(row)}</td>`,
    )
    return html`<tr${classes(isMarked(row) && 'marked')}>${cells}</tr>\n`
  })
  return html`<div class="card"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`
}

function classes(...names: readonly (string | false | undefined)[]): Markup {
  const given = names.filter((name) => name)
  return given.length === 0 ? NOTHING : html` class="${given.join(' ')}"`
}
