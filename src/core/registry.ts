/** A named list of things of one kind: the one place that parser, help, validation and contract tests read. */
import { UsageError } from './errors.ts'
import { didYouMean } from './suggest.ts'

/** What every listed thing must tell of itself. */
export interface Listed {
  /** Kebab-case name, as typed on the command line and in YAML. */
  readonly name: string
  /** One line for help and docs. */
  readonly summary: string
}

export class Registry<T extends Listed> {
  readonly #kind: string
  readonly #byName: ReadonlyMap<string, T>

  /**
   * @param kind what the things are called in messages, e.g. "policy"
   * @throws Error if two things have one name: one of them could never be found
   */
  constructor(kind: string, items: readonly T[]) {
    this.#kind = kind
    this.#byName = new Map(items.map((item) => [item.name, item]))
    if (this.#byName.size === items.length) return
    const names = items.map(({ name }) => name)
    const twice = [...new Set(names.filter((name, i) => names.indexOf(name) < i))]
    throw new Error(
      `the list of kind "${kind}" has more than one ${twice.join(', ')}: give each a name of its own`,
    )
  }

  get all(): T[] {
    return [...this.#byName.values()]
  }

  get names(): string[] {
    return [...this.#byName.keys()]
  }

  /** Undefined if there is none of that name. */
  find(name: string): T | undefined {
    return this.#byName.get(name)
  }

  /** @throws UsageError that names the nearest known name */
  get(name: string): T {
    const item = this.#byName.get(name)
    if (item !== undefined) return item
    throw new UsageError(
      `unknown ${this.#kind} "${name}"${didYouMean(name, this.names)}: use one of ${this.names.join(', ')}`,
    )
  }
}
