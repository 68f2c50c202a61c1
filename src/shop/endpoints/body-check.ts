/** Checks of request bodies: each rule that is broken adds one line to `errors`. */
import type { Json, JsonObject } from '../../core/index.ts'

/** E.164, with or without its plus. */
const PHONE = /^\+?[1-9]\d{1,14}$/

export class BodyCheck {
  readonly #body: JsonObject
  /** Made with the first error: nearly every body is sound. */
  #errors: Record<string, string> | undefined

  constructor(body: JsonObject | undefined) {
    this.#body = body ?? {}
  }

  /** What was wrong, by field; undefined if nothing was. */
  get errors(): JsonObject | undefined {
    return this.#errors
  }

  /** A text with something in it; `minimum` is its least length. */
  text(field: string, minimum = 1): string {
    const value = this.#body[field]
    if (typeof value === 'string' && value.trim().length >= minimum) return value
    this.#complain(field, minimum > 1 ? `must have at least ${minimum} characters` : 'must not be blank')
    return ''
  }

  optionalText(field: string): string {
    const value = this.#body[field]
    return typeof value === 'string' ? value : ''
  }

  /** A text, or a whole number that stands for one: clients send ids as they got them. */
  identifier(field: string): string {
    const value = this.#body[field]
    return Number.isSafeInteger(value) ? String(value) : this.text(field)
  }

  /** Either nothing or at most so many characters. */
  shortText(field: string, most: number): string {
    const text = this.optionalText(field)
    if (text.length > most) this.#complain(field, `must have at most ${most} characters`)
    return text
  }

  /** One of a few words. */
  word<Word extends string>(field: string, words: readonly Word[]): Word {
    const value = this.#body[field]
    const found = words.find((word) => word === value)
    if (found === undefined) this.#complain(field, `must be one of ${words.join(', ')}`)
    return found ?? words[0]!
  }

  /** Either nothing or a phone number. */
  optionalPhone(field: string): string {
    if (this.optionalText(field) === '' && typeof (this.#body[field] ?? '') === 'string') return ''
    return this.matching(field, PHONE, 'a phone number like +15551234567')
  }

  matching(field: string, pattern: RegExp, expected: string): string {
    const value = this.#body[field]
    if (typeof value === 'string' && pattern.test(value)) return value
    this.#complain(field, `must be ${expected}`)
    return ''
  }

  number(field: string, low: number, high: number): number {
    const value = this.#body[field]
    if (typeof value === 'number' && value >= low && value <= high) return value
    this.#complain(field, `must be a number from ${low} to ${high}`)
    return Number.NaN
  }

  /** `preset` if the field is not there. */
  integer(field: string, low: number, high: number, preset?: number): number {
    const value = this.#body[field] ?? preset
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value
    this.#complain(field, `must be a whole number from ${low} to ${high}`)
    return Number.NaN
  }

  /** Whether the field is there and not null. */
  has(field: string): boolean {
    return (this.#body[field] ?? null) !== null
  }

  list(field: string, minimum = 0): readonly Json[] {
    const value = this.#body[field]
    if (Array.isArray(value) && value.length >= minimum) return value
    this.#complain(field, minimum === 0 ? 'must be a list' : `must be a list of at least ${minimum}`)
    return []
  }

  /** A list of some of these words, at least one. */
  words(field: string, words: readonly string[]): readonly Json[] {
    const list = this.list(field, 1)
    if (!list.every((word) => words.includes(word as string)))
      this.#complain(field, `must be a list of ${words.join(', ')}`)
    return list
  }

  /** The checks of a nested object; its errors count here as `field.inner`. */
  object(field: string, check: (inner: BodyCheck) => void): void {
    const value = this.#body[field]
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      return this.#complain(field, 'must be an object')
    }
    const inner = new BodyCheck(value as JsonObject)
    check(inner)
    for (const [name, message] of Object.entries(inner.#errors ?? {})) {
      this.#complain(`${field}.${name}`, message)
    }
  }

  #complain(field: string, message: string): void {
    this.#errors ??= {}
    this.#errors[field] = message
  }
}
