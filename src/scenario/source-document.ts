/**
 * A YAML or JSON file (JSON is YAML) as a value, with the line and column of everything in it.
 *
 * Built on the `yaml` package: its node tree remembers byte ranges, its LineCounter turns them into lines.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml'
import { ConfigError, didYouMean } from '../core/index.ts'

/** Keys and list indices from the root of a document to a value in it. */
export type FieldPath = readonly (string | number)[]

/** Line and column, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export class SourceDocument {
  /** The file as its user named it. */
  readonly file: string
  readonly value: unknown
  readonly #tree: Document
  readonly #lines: LineCounter

  private constructor(file: string, value: unknown, tree: Document, lines: LineCounter) {
    this.file = file
    this.value = value
    this.#tree = tree
    this.#lines = lines
  }

  /** @throws ConfigError if the file cannot be read, is empty or is not YAML */
  static read(file: string): SourceDocument {
    return SourceDocument.parse(readText(file), file)
  }

  /** @throws ConfigError with the position of every syntax error */
  static parse(text: string, file: string): SourceDocument {
    const lines = new LineCounter()
    const tree = parseDocument(text, { lineCounter: lines, prettyErrors: false })
    const complaints = syntaxComplaints(tree, text, lines)
    if (complaints.length > 0) {
      throw new ConfigError(complaints.map((complaint) => `${file}:${complaint}`).join('\n'))
    }
    const value = plainValue(tree, file)
    if (value === null) throw new ConfigError(`${file}:1:1: expected a map of fields, got an empty file`)
    return new SourceDocument(file, value, tree, lines)
  }

  /** The value at a path; undefined where there is none. */
  at(fieldPath: FieldPath): unknown {
    let value = this.value
    for (const step of fieldPath) {
      if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
      value = (value as Record<string | number, unknown>)[step]
    }
    return value
  }

  /** The keys of the map at a path; none if there is no map. */
  keysAt(fieldPath: FieldPath): string[] {
    const value = this.at(fieldPath)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
  }

  /** The paths of the items of the list at a path; none if there is no list. */
  itemsAt(fieldPath: FieldPath): FieldPath[] {
    const value = this.at(fieldPath)
    return Array.isArray(value) ? value.map((_, index) => [...fieldPath, index]) : []
  }

  /** Where a value (or the key in front of it) stands. What is missing stands where its parent stands. */
  positionOf(fieldPath: FieldPath, part: 'key' | 'value' = 'value'): Position {
    let value: Node | null = this.#tree.contents
    let found = value
    for (const step of fieldPath) {
      const child: { key: Node; value: Node | null } | undefined = childOf(this.#resolved(value), step)
      if (child === undefined) break
      value = child.value
      found = part === 'key' || value === null ? child.key : value
    }
    const { line, col } = this.#lines.linePos(found?.range?.[0] ?? 0)
    return { line, column: col }
  }

  #resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#tree) ?? null) : node
  }
}

function childOf(node: Node | null, step: string | number): { key: Node; value: Node | null } | undefined {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? undefined : { key: item, value: item }
  }
  if (!isMap<Node, Node | null>(node)) return undefined
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
}

function plainValue(tree: Document, file: string): unknown {
  try {
    return tree.toJS()
  } catch (error) {
    // The parser refuses aliases that multiply into a huge value.
    throw new ConfigError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') {
      const files = configFilesIn(file)
      const hint = files.length === 0 ? 'name a YAML or JSON file' : `name a file in it: ${files.join(', ')}`
      throw new ConfigError(`${file}: is a directory; ${hint}`)
    }
    if (code === 'ENOENT') {
      const siblings = configFilesIn(path.dirname(file))
      throw new ConfigError(`${file}: no such file${didYouMean(path.basename(file), siblings)}`)
    }
    throw new ConfigError(`${file}: cannot be read: ${message}`, { cause: error })
  }
}

function configFilesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /\.(ya?ml|json)$/.test(name))
  } catch {
    // The directory is only listed for a hint; what is wrong with it is told by the read that failed.
    return []
  }
}

/** `line:column: message` for each syntax error, one per line: what follows on a line is the same mistake. */
function syntaxComplaints(tree: Document, text: string, lines: LineCounter): string[] {
  const found = [...tree.errors, ...tree.warnings].map((error) => ({ at: error.pos[0], text: error.message }))
  visit(tree, {
    Alias(_key, alias) {
      if (alias.resolve(tree) !== undefined) return
      found.push({
        at: alias.range?.[0] ?? 0,
        text: `*${alias.source} is not defined: write &${alias.source} first`,
      })
    },
  })
  const byLine = new Map<number, string>()
  for (const { at, text: message } of found.sort((a, b) => a.at - b.at)) {
    const { line, col } = lines.linePos(at)
    const lineText = text.split('\n', line)[line - 1] ?? ''
    if (!byLine.has(line)) byLine.set(line, `${line}:${col}: ${message}${quotingHint(lineText)}`)
  }
  return [...byLine.values()]
}

/** `> 50` opens a block of text in YAML, which is not what the author of a threshold meant. */
function quotingHint(line: string): string {
  const limit = /:\s*(>=?\s*[\d.]+)/.exec(line)
  return limit === null ? '' : ` (in YAML a leading > must be quoted: "${limit[1]}")`
}
