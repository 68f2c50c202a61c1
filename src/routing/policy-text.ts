/**
 * Policies as text: `round-robin`, `epsilon-greedy(power-of-two-choices, epsilon=0.2)`, `model:logs/x/model`.
 *
 *     policy   = name [ "(" argument { "," argument } ")" ]
 *     argument = key "=" value | policy
 *     value    = number or word
 *     name     = any text without "(", ")", ",", "=" or blank ends
 */
import { UsageError } from '../core/index.ts'

export interface PolicyText {
  readonly name: string
  /** Values as they stand there. */
  readonly parameters: ReadonlyMap<string, string>
  /** The policies that this one wraps. */
  readonly inner: readonly PolicyText[]
}

/** @throws UsageError that shows where the text stops making sense */
export function parsePolicyText(text: string): PolicyText {
  const parser = new Parser(text)
  const policy = parser.policy()
  parser.end()
  return policy
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  policy(): PolicyText {
    const name = this.#word()
    if (name === '') this.#fail('a policy name')
    const parameters = new Map<string, string>()
    const inner: PolicyText[] = []
    if (this.#text[this.#at] === '(') {
      do {
        this.#at++
        this.#argument(parameters, inner)
      } while (this.#text[this.#at] === ',')
      if (this.#text[this.#at] !== ')') this.#fail('")"')
      this.#at++
      this.#blanks()
    }
    return { name, parameters, inner }
  }

  end(): void {
    if (this.#at < this.#text.length) this.#fail('the end')
  }

  #argument(parameters: Map<string, string>, inner: PolicyText[]): void {
    this.#blanks()
    const start = this.#at
    const key = this.#word()
    if (this.#text[this.#at] !== '=') {
      this.#at = start
      inner.push(this.policy())
      return
    }
    if (key === '') this.#fail('a parameter name')
    if (parameters.has(key)) this.#fail(`${key} only once`, start)
    this.#at++
    parameters.set(key, this.#value(key))
  }

  #value(key: string): string {
    this.#blanks()
    const start = this.#at
    const word = this.#word()
    if (word === '') this.#fail(`a value for ${key}`, start)
    return word
  }

  #word(): string {
    const start = this.#at
    while (this.#at < this.#text.length && !'(),='.includes(this.#text[this.#at]!)) this.#at++
    return this.#text.slice(start, this.#at).trim()
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #fail(expected: string, at = this.#at): never {
    throw new UsageError(
      `policy "${this.#text}": expected ${expected} at position ${at + 1}: ` +
        'write for example "epsilon-greedy(power-of-two-choices, epsilon=0.2)"',
    )
  }
}
