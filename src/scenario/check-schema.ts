/** Validates a part of a document against a zod schema and files every issue as a problem with its position. */
import type { z } from 'zod'
import type { Problems } from './problems.ts'
import type { FieldPath, SourceDocument } from './source-document.ts'
import {
  gotText,
  type JsonSchema,
  jsonSchemaOf,
  knownKeys,
  mismatchText,
  schemaAt,
  unknownKeyText,
} from './wording.ts'

/** @returns the parsed value, with defaults filled in; undefined if there were problems */
export function checkSchema<T>(
  document: SourceDocument,
  path: FieldPath,
  schema: z.ZodType<T>,
  problems: Problems,
): T | undefined {
  // Compiling a parser pays from many documents on; there is one.
  const result = schema.safeParse(document.at(path), { jitless: true })
  if (result.success) return result.data
  const declared = jsonSchemaOf(schema)
  const { issues } = result.error
  for (const issue of issues) {
    if (!isCascade(issue, issues)) fileIssue(document, path, declared, issue, problems)
  }
  return undefined
}

/** A rule about a whole value says nothing while a part of it is wrong. */
function isCascade(issue: z.core.$ZodIssue, all: readonly z.core.$ZodIssue[]): boolean {
  if (issue.code !== 'custom') return false
  return all.some(
    (other) => other.code !== 'custom' && issue.path.every((step, index) => other.path[index] === step),
  )
}

function fileIssue(
  document: SourceDocument,
  base: FieldPath,
  declared: JsonSchema,
  issue: z.core.$ZodIssue,
  problems: Problems,
): void {
  const within = issue.path as FieldPath
  const path = [...base, ...within]
  const schema = schemaAt(declared, within)
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema) ?? []
    for (const key of issue.keys) problems.add(document, [...path, key], unknownKeyText(key, known), 'key')
    return
  }
  if (issue.code === 'invalid_key') {
    const names = schemaAt(declared, within.slice(0, -1))?.propertyNames
    problems.add(document, path, mismatchText(names as JsonSchema | undefined, within.at(-1)), 'key')
    return
  }
  const value = document.at(path)
  // The message of a refinement is the wording of what it expects.
  const text =
    issue.code === 'custom' ? `expected ${issue.message}, got ${gotText(value)}` : mismatchText(schema, value)
  problems.add(document, path, text)
}

/** The value as the schema reads it, or undefined: for rules that need only some fields to be sound. */
export function validOrUndefined<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  return schema.safeParse(value, { jitless: true }).data
}
