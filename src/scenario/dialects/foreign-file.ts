/** Reading a foreign file: problems are collected as in our own format, and so is everything that has no effect. */
import type { z } from 'zod'
import { checkSchema } from '../check-schema.ts'
import { formatPath, Problems } from '../problems.ts'
import type { Scenario } from '../scenario.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'
import { jsonSchemaOf } from '../wording.ts'
import { unusedFields } from './unused-fields.ts'

export interface ForeignResult {
  readonly scenario: Scenario
  readonly warnings: readonly string[]
}

export class ForeignFile {
  readonly document: SourceDocument
  readonly problems = new Problems()
  readonly #warnings: string[] = []
  readonly #unused = new Set<string>()

  constructor(document: SourceDocument) {
    this.document = document
  }

  /**
   * @param label what to call the place when a field in it has no effect
   * @returns undefined if there were problems
   */
  read<T>(path: FieldPath, schema: z.ZodType<T>, label = formatPath(path)): T | undefined {
    const value = this.document.at(path)
    for (const field of unusedFields(jsonSchemaOf(schema), value, label)) this.#unused.add(field)
    return checkSchema(this.document, path, schema, this.problems)
  }

  /** Reads the first of several places that is there; undefined also if none is. */
  readFirst<T>(places: readonly FieldPath[], schema: z.ZodType<T>): T | undefined {
    const place = this.firstOf(places)
    return place === undefined ? undefined : this.read(place, schema)
  }

  /** The first place that is there; it hides the others. */
  firstOf(places: readonly FieldPath[]): FieldPath | undefined {
    const [first, ...hidden] = places.filter((place) => this.document.at(place) !== undefined)
    for (const place of hidden) this.markUnused(formatPath(place))
    return first
  }

  warn(path: FieldPath, text: string): void {
    const { line, column } = this.document.positionOf(path)
    this.#warnings.push(`${this.document.file}:${line}:${column} ${formatPath(path)}: ${text}`)
  }

  /** Adds to the fields that have no effect. Write `*` for indices and names. */
  markUnused(field: string): void {
    this.#unused.add(field)
  }

  /** What to tell the user, last of all what had no effect. */
  warnings(): string[] {
    if (this.#unused.size === 0) return this.#warnings
    const fields = [...this.#unused].join(', ')
    return [...this.#warnings, `${this.document.file}: these fields have no effect: ${fields}`]
  }
}
