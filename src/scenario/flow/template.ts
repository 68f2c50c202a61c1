/** Texts with variables: `/products/${sku}`. `$${` stands for `${` itself. */

/** A text as it stands, or the name of a variable whose value belongs there. */
export type TemplatePart = string | { readonly variable: string }

const PART = /\$\$\{|\$\{([^}]*)\}/g

export function templateParts(text: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  let literal = ''
  let end = 0
  for (const match of text.matchAll(PART)) {
    literal += text.slice(end, match.index)
    end = match.index + match[0].length
    if (match[1] === undefined) {
      literal += '${'
      continue
    }
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push({ variable: match[1].trim() })
  }
  literal += text.slice(end)
  if (literal !== '') parts.push(literal)
  return parts
}

/** Names of the variables in a text, or in the texts of a JSON value. */
export function variablesIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return templateParts(value).flatMap((part) => (typeof part === 'string' ? [] : [part.variable]))
  }
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(variablesIn)
}
