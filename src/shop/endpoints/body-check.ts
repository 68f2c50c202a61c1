/** Checks of request bodies: each rule that is broken adds one line to `errors`. */
import type { Json, JsonObject } from '../../core/index.ts'

export class BodyCheck {
  readonly #body: JsonObject
  readonly #errors: Record<string, string> = {}

  constructor(body: JsonObject | undefined) {
    this.#body = body ?? {}
  }

  /** What was wrong, by field; undefined if nothing was. */
  get errors(): JsonObject | undefined {
    return Object.keys(this.#errors).length === 0 ? undefined : this.#errors
  }

  /** A text with something in it; `minimum` is its least length. */
  text(field: string, minimum = 1): string {
    const value = this.#body[field]
    if (typeof value === 'string' && value.trim().length >= minimum) return value
    this.#errors[field] = minimum > 1 ? `must have at least ${minimum} characters` : 'must not be blank'
    return ''
  }

  optionalText(field: string): string {
    const value = this.#body[field]
    return typeof value === 'string' ? value : ''
  }

  matching(field: string, pattern: RegExp, expected: string): string {
    const value = this.#body[field]
    if (typeof value === 'string' && pattern.test(value)) return value
    this.#errors[field] = `must be ${expected}`
    return ''
  }

  number(field: string, low: number, high: number): number {
    const value = this.#body[field]
    if (typeof value === 'number' && value >= low && value <= high) return value
    this.#errors[field] = `must be a number from ${low} to ${high}`
    return Number.NaN
  }

  integer(field: string, low: number, high: number): number {
    const value = this.#body[field]
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value
    this.#errors[field] = `must be a whole number from ${low} to ${high}`
    return Number.NaN
  }

  list(field: string, minimum = 0): readonly Json[] {
    const value = this.#body[field]
    if (Array.isArray(value) && value.length >= minimum) return value
    this.#errors[field] = minimum === 0 ? 'must be a list' : `must be a list of at least ${minimum}`
    return []
  }

  /** The checks of a nested object; its errors count here as `field.inner`. */
  object(field: string, check: (inner: BodyCheck) => void): void {
    const value = this.#body[field]
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      this.#errors[field] = 'must be an object'
      return
    }
    const inner = new BodyCheck(value as JsonObject)
    check(inner)
    for (const [name, message] of Object.entries(inner.#errors)) this.#errors[`${field}.${name}`] = message
  }
}
