/** Reading the fields of a JSON body: all that is wrong with it is said at once. */
import { didYouMean, type JsonObject } from '../../../core/index.ts'
import { Refusal } from './route.ts'

export class Fields {
  readonly #body: JsonObject
  readonly #known: readonly string[]
  readonly #problems: string[] = []

  constructor(body: JsonObject, known: readonly string[]) {
    this.#body = body
    this.#known = known
    for (const name of Object.keys(body)) {
      if (known.includes(name)) continue
      this.#problems.push(`unknown field "${name}"${didYouMean(name, known)}: use ${known.join(', ')}`)
    }
  }

  /** A text that is not empty. */
  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name)
  }

  optionalText(name: string): string | undefined {
    const value = this.#body[name]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string' && value !== '') return value
    return this.#wrong(`${name}: expected a text, got ${JSON.stringify(value)}`, '')
  }

  optionalPositive(name: string): number | undefined {
    const value = this.#body[name]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value
    const got = typeof value === 'number' ? value : JSON.stringify(value)
    return this.#wrong(`${name}: expected a number above 0, got ${got}`, 1)
  }

  /** @throws Refusal if anything was wrong: ask before you use what you have read */
  check(): void {
    if (this.#problems.length > 0) throw new Refusal(400, this.#problems.join('; '))
  }

  #missing(name: string): string {
    return this.#wrong(`${name}: is missing: the fields are ${this.#known.join(', ')}`, '')
  }

  #wrong<T>(problem: string, instead: T): T {
    this.#problems.push(problem)
    return instead
  }
}
