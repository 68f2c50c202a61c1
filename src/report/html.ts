/** Markup that cannot forget to escape: whatever is put into an `html` template is text unless it is markup. */

/** A piece of finished markup. */
export class Markup {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

export type Insertable = Markup | string | number | readonly (Markup | string | number)[]

/** `` html`<p>${name}</p>` ``: texts and numbers are escaped, markup goes in as it is, lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  let source = parts[0]!
  for (const [i, value] of values.entries()) source += sourceOf(value) + parts[i + 1]!
  return new Markup(source)
}

/** Nothing. */
export const NOTHING = new Markup('')

/** Text as it may stand in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function sourceOf(value: Insertable): string {
  if (value instanceof Markup) return value.source
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  return value.map(sourceOf).join('')
}
