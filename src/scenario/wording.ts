/**
 * The words for "expected X, got Y", read off the schemas themselves.
 *
 * A schema is turned into JSON Schema, which is plain data: what is declared once in zod needs no second wording.
 */
import { z } from 'zod'
import { didYouMean } from '../core/index.ts'
import type { FieldPath } from './source-document.ts'

export type JsonSchema = z.core.JSONSchema.BaseSchema

/** What a file may hold (defaulted fields are optional). */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' })
}

/** The part of a schema that describes the value at a path. */
export function schemaAt(schema: JsonSchema, path: FieldPath): JsonSchema | undefined {
  const [step, ...rest] = path
  if (step === undefined) return schema
  for (const option of schema.anyOf ?? [schema]) {
    const child = childSchema(option as JsonSchema, step)
    if (child !== undefined) return schemaAt(child, rest)
  }
  return undefined
}

function childSchema(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  const child =
    typeof step === 'number'
      ? (schema.prefixItems?.[step] ?? schema.items)
      : (schema.properties?.[step] ?? schema.additionalProperties)
  return typeof child === 'object' ? (child as JsonSchema) : undefined
}

/** The keys that a map may have; undefined if it may have any. */
export function knownKeys(schema: JsonSchema | undefined): string[] | undefined {
  // A map that may be null, for one, is one of two.
  for (const option of schema?.anyOf ?? [schema]) {
    const properties = (option as JsonSchema | undefined)?.properties
    if (properties !== undefined) return Object.keys(properties)
  }
  const names = schema?.propertyNames
  return typeof names === 'object' ? (names.enum as string[] | undefined) : undefined
}

/** What a schema wants, e.g. `number above 0`. A title in the schema says it in its own words. */
export function expectedText(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title
  if (schema.enum !== undefined) return `one of ${schema.enum.map((word) => JSON.stringify(word)).join(', ')}`
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((option) => expectedText(option as JsonSchema)).join(' or ')
  }
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type}${boundsText(schema)}`
    case 'string':
      return 'text'
    case 'boolean':
      return 'true or false'
    case 'array':
      return schema.minItems === 1 ? 'list with at least one entry' : 'list'
    case 'object':
      return 'map'
    default:
      return 'something else'
  }
}

function boundsText(schema: JsonSchema): string {
  // zod bounds every integer by the safe integers, which tells a reader nothing.
  const minimum = schema.minimum === Number.MIN_SAFE_INTEGER ? undefined : schema.minimum
  const maximum = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  const bounds = [
    ['above', schema.exclusiveMinimum],
    ['of at least', minimum],
    ['below', schema.exclusiveMaximum],
    ['of at most', maximum],
  ].filter(([, limit]) => limit !== undefined)
  return bounds.length === 0 ? '' : ` ${bounds.map(([word, limit]) => `${word} ${limit}`).join(' and ')}`
}

/** `expected X, got Y (did you mean "z"?)` for a value that a schema refused. */
export function mismatchText(schema: JsonSchema | undefined, value: unknown): string {
  const expected = schema === undefined ? 'something else' : expectedText(schema)
  const words = (schema?.anyOf ?? [schema]).flatMap(
    (option) => (option as JsonSchema | undefined)?.enum ?? [],
  )
  const hint = typeof value === 'string' ? didYouMean(value, words.map(String)) : ''
  return `expected ${expected}, got ${gotText(value)}${hint}`
}

/** `unknown key (did you mean "z"?)`, or all that is known where nothing is near. */
export function unknownKeyText(key: string, known: readonly string[]): string {
  return `unknown key${didYouMean(key, known) || `: use one of ${known.join(', ')}`}`
}

/** How a value is named in a message. */
export function gotText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)
  if (Array.isArray(value)) {
    return isShortList(value) ? `[${value.map(gotText).join(', ')}]` : `a list of ${value.length}`
  }
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value)
  return isShortList(Object.values(value))
    ? `{${entries.map(([key, item]) => `${key}: ${gotText(item)}`).join(', ')}}`
    : `a map of ${entries.length}`
}

function isShortList(values: readonly unknown[]): boolean {
  return values.length <= 4 && values.every((item) => item === null || typeof item !== 'object')
}
