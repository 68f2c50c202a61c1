/** All that is wrong with the files of a scenario, collected first and reported in one go. */
import { ConfigError } from '../core/index.ts'
import type { FieldPath, SourceDocument } from './source-document.ts'

interface Problem {
  readonly document: SourceDocument
  readonly line: number
  readonly column: number
  readonly path: FieldPath
  readonly text: string
}

export class Problems {
  readonly #found: Problem[] = []

  /** Whether nothing has been found wrong so far. */
  get none(): boolean {
    return this.#found.length === 0
  }

  /**
   * @param text what is wrong, in the form `expected X, got Y` where that fits
   * @param part whether the value at the path is wrong, or the key itself
   */
  add(document: SourceDocument, path: FieldPath, text: string, part: 'key' | 'value' = 'value'): void {
    this.#found.push({ document, path, text, ...document.positionOf(path, part) })
  }

  /** @throws ConfigError with one line per problem, file by file and from top to bottom */
  throwIfAny(): void {
    if (this.#found.length === 0) return
    const files = [...new Set(this.#found.map(({ document }) => document.file))]
    const sorted = this.#found.toSorted(
      (a, b) =>
        files.indexOf(a.document.file) - files.indexOf(b.document.file) ||
        a.line - b.line ||
        a.column - b.column,
    )
    throw new ConfigError([...new Set(sorted.map(formatProblem))].join('\n'))
  }
}

function formatProblem({ document, line, column, path, text }: Problem): string {
  const where = path.length === 0 ? '' : ` ${formatPath(path)}`
  return `${document.file}:${line}:${column}${where}: ${text}`
}

/** `phases[2].behaviors.quick-browser`. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}
