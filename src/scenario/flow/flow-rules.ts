/** The rules of a flow that one field alone cannot break. They read the raw document, as those of the scenario do. */
import { didYouMean } from '../../core/index.ts'
import type { Problems } from '../problems.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'
import { BUILT_IN_VARIABLES, METHODS } from './flow.ts'
import { keyOfMethod } from './resolve-flow.ts'
import { variablesIn } from './template.ts'

const METHOD_KEYS: readonly string[] = METHODS.map(keyOfMethod)
const PLACES = ['json', 'header', 'text']
/** Fields of a request whose texts may name variables; those of its own captures are not known yet. */
const TEMPLATES = [...METHOD_KEYS, 'headers', 'body', 'expect', 'checks']

/**
 * @param base where the flow stands in the document
 * @param columns of its data; undefined if there is none, or none that could be read
 */
export function checkFlow(
  document: SourceDocument,
  base: FieldPath,
  columns: readonly string[] | undefined,
  problems: Problems,
): void {
  const known: string[] = [...BUILT_IN_VARIABLES, ...(columns ?? [])]
  // Which variables data that cannot be read would have had, nobody knows.
  const isKnown = columns !== undefined || document.at([...base, 'data']) === undefined
  const metricTypes = new Map<string, unknown>()
  const names = new Set<unknown>()
  for (const request of document.itemsAt([...base, 'requests'])) {
    checkMethod(document, request, problems)
    checkName(document, [...request, 'name'], names, problems)
    if (isKnown) checkVariables(document, request, known, problems)
    checkBody(document, request, problems)
    checkCaptures(document, [...request, 'capture'], known, problems)
    checkMetrics(document, [...request, 'metrics'], metricTypes, problems)
  }
}

function checkMethod(document: SourceDocument, request: FieldPath, problems: Problems): void {
  const keys = document.keysAt(request)
  if (keys.length === 0) return
  const [first, second] = METHOD_KEYS.filter((key) => keys.includes(key))
  const wanted = `expected exactly one of ${METHOD_KEYS.join(', ')}`
  if (first === undefined) problems.add(document, request, `${wanted}, got none`)
  if (second !== undefined) problems.add(document, [...request, second], `${wanted}, got ${first} too`, 'key')
}

function checkName(document: SourceDocument, path: FieldPath, names: Set<unknown>, problems: Problems): void {
  const name = document.at(path)
  if (typeof name !== 'string') return
  if (names.has(name))
    problems.add(document, path, `expected a name of its own, got "${name}" twice in one flow`)
  names.add(name)
}

/** A variable must have been captured by a request before: nobody else gives it a value. */
function checkVariables(
  document: SourceDocument,
  request: FieldPath,
  known: readonly string[],
  problems: Problems,
): void {
  for (const field of TEMPLATES) {
    const path = [...request, field]
    for (const variable of variablesIn(document.at(path))) {
      if (known.includes(variable)) continue
      const hint = didYouMean(variable, known) || `: known here are ${known.join(', ')}`
      problems.add(
        document,
        path,
        `nothing before it captures \${${variable}}${hint}; $\${ is the text \${ itself`,
      )
    }
  }
}

function checkBody(document: SourceDocument, request: FieldPath, problems: Problems): void {
  const keys = document.keysAt(request)
  const without = ['get', 'head'].find((key) => keys.includes(key))
  if (without === undefined || !keys.includes('body')) return
  problems.add(
    document,
    [...request, 'body'],
    `expected none: a request with "${without}" has no body`,
    'key',
  )
}

function checkCaptures(document: SourceDocument, base: FieldPath, known: string[], problems: Problems): void {
  for (const name of document.keysAt(base)) {
    const isBuiltIn = BUILT_IN_VARIABLES.some((one) => one === name)
    if (isBuiltIn) {
      problems.add(document, [...base, name], `"${name}" is built in: choose another name`, 'key')
    }
    if (document.keysAt([...base, name]).length > 0) checkPlace(document, [...base, name], 1, problems)
    if (!isBuiltIn) known.push(name)
  }
}

function checkMetrics(
  document: SourceDocument,
  base: FieldPath,
  types: Map<string, unknown>,
  problems: Problems,
): void {
  for (const name of document.keysAt(base)) {
    const path = [...base, name]
    const type = document.at([...path, 'type'])
    const before = types.get(name) ?? type
    types.set(name, before)
    if (type !== before) {
      problems.add(
        document,
        [...path, 'type'],
        `expected "${before}" as before: it is one metric, got "${type}"`,
      )
    }
    checkPlace(document, path, type === 'counter' ? 0 : 1, problems)
    if (type !== 'rate' && document.at([...path, 'equals']) !== undefined) {
      problems.add(document, [...path, 'equals'], 'expected none: only a rate compares its value', 'key')
    }
  }
}

function checkPlace(document: SourceDocument, path: FieldPath, least: number, problems: Problems): void {
  const named = document.keysAt(path).filter((key) => PLACES.includes(key))
  if (named.length > 1)
    problems.add(document, path, `expected one of ${PLACES.join(', ')}, got ${named.join(' and ')}`)
  if (named.length < least) problems.add(document, path, `expected one of ${PLACES.join(', ')}, got none`)
}
