/** Texts and JSON values of a flow with the variables put in. What has none is used as it stands, for ever. */
import type { Json } from '../core/index.ts'
import { templateParts, variablesIn } from '../scenario/index.ts'

/** The variables of one pass, by name. */
export type Variables = ReadonlyMap<string, Json>

/** Puts the variables into something. */
export type Filled<T> = (variables: Variables) => T

/** Undefined where nothing is to be put in. */
export function filledText(
  text: string,
  written: (value: Json) => string = textOf,
): Filled<string> | undefined {
  const parts = templateParts(text)
  if (parts.every((part) => typeof part === 'string')) return undefined
  return (variables) => {
    let filled = ''
    for (const part of parts) {
      filled += typeof part === 'string' ? part : written(variables.get(part.variable) ?? null)
    }
    return filled
  }
}

/** A text without variables, with `$${` read as it is meant. */
export function plainText(text: string): string {
  return templateParts(text).join('')
}

/** A text that is one variable and nothing else becomes its value, whatever its type. */
export function filledJson(value: Json): Filled<Json> {
  if (typeof value === 'string') {
    const parts = templateParts(value)
    const [first] = parts
    if (parts.length === 1 && first !== undefined && typeof first !== 'string') {
      return (variables) => variables.get(first.variable) ?? null
    }
    const plain = plainText(value)
    return filledText(value) ?? (() => plain)
  }
  if (value === null || typeof value !== 'object' || variablesIn(value).length === 0) return () => value
  if (Array.isArray(value)) {
    const items = value.map(filledJson)
    return (variables) => items.map((item) => item(variables))
  }
  const fields = Object.entries(value).map(([key, field]) => [key, filledJson(field)] as const)
  return (variables) => Object.fromEntries(fields.map(([key, field]) => [key, field(variables)]))
}

/** In a path, a value is one piece of it: what would end the piece is escaped. */
export function filledPath(path: string): Filled<string> | undefined {
  const parts = templateParts(path)
  const [first] = parts
  if (parts.length > 1 || first === undefined || typeof first === 'string') return filledText(path, escaped)
  // The variable is the whole path: a link that some reply has given.
  return (variables) => pathOfLink(textOf(variables.get(first.variable) ?? null))
}

/** A header value is one line of visible characters: Latin-1, as HTTP has it. */
export function headerText(value: Json): string {
  return textOf(value).replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')
}

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function escaped(value: Json): string {
  // Half of a character pair alone, which no URL can hold, becomes the sign for what is not known.
  return encodeURIComponent(Buffer.from(textOf(value)).toString())
}

/** The path and query of a link, absolute or not. */
function pathOfLink(link: string): string {
  const base = 'http://link.invalid'
  if (!URL.canParse(link, base)) return '/'
  const { pathname, search } = new URL(link, base)
  return pathname + search
}
