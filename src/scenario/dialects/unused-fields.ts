/** Which fields of a value its schema does not know. A foreign file may hold anything; we say what we do not use. */
import type { JsonSchema } from '../wording.ts'

/** Paths of the outermost unknown fields; list indices and names of map entries are collapsed to `*`. */
export function unusedFields(schema: JsonSchema, value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    const items = schema.items
    if (typeof items !== 'object' || Array.isArray(items)) return []
    return value.flatMap((item) => unusedFields(items as JsonSchema, item, `${path}[*]`))
  }
  if (value === null || typeof value !== 'object') return []
  const fields = schema.properties
  if (fields === undefined) {
    // Without fixed fields the map goes from names to entries of one kind.
    const entry = schema.additionalProperties
    if (typeof entry !== 'object') return []
    return Object.values(value).flatMap((child) => unusedFields(entry as JsonSchema, child, `${path}.*`))
  }
  return Object.entries(value).flatMap(([key, child]) => {
    const known = fields[key]
    return typeof known === 'object'
      ? unusedFields(known as JsonSchema, child, `${path}.${key}`)
      : [`${path}.${key}`]
  })
}
