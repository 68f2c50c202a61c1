/**
 * A piece of a configuration, as the predecessor's README prints them: one pattern under `custom_pattern`, or
 * profiles by name, or both. It becomes a scenario of one phase.
 */
import path from 'node:path'
import { ADDRESSES, PRODUCTS } from '../catalogue.ts'
import { INVALID_INPUTS } from '../invalid-inputs.ts'
import type { SourceDocument } from '../source-document.ts'
import type { FaultDeclaration } from '../vocabulary.ts'
import { assembleScenario } from './assemble-scenario.ts'
import { ForeignFile, type ForeignResult } from './foreign-file.ts'
import { trafficOf } from './foreign-traffic.ts'
import { type Pattern, patternSchema } from './pattern.ts'
import { profileSchema } from './profile.ts'
import { ProfileBook } from './profile-book.ts'
import { checkTroubles } from './timed-trouble.ts'

const PATTERN_KEY = 'custom_pattern'
const DESCRIPTION_KEY = 'description'

/** The phase of a fragment that has profiles only. */
const DEFAULT_PATTERN: Pattern = patternSchema.parse(
  { duration_minutes: 5, concurrent_users: 10 },
  { jitless: true },
)

export function isFragment(document: SourceDocument): boolean {
  return document.keysAt([]).includes(PATTERN_KEY) || profileNames(document).length > 0
}

export function fragmentName(document: SourceDocument): string {
  const patternName = document.at([PATTERN_KEY, 'name'])
  if (typeof patternName === 'string' && patternName !== '') return patternName
  return path.basename(document.file, path.extname(document.file))
}

/** @throws ConfigError with all problems */
export function readFragment(document: SourceDocument, kinds: readonly FaultDeclaration[]): ForeignResult {
  const file = new ForeignFile(document)
  const names = profileNames(document)
  const book = ProfileBook.read(file, [], names, { thinkTimeSeconds: undefined, mistakes: {} })
  const isPatternGiven = document.keysAt([]).includes(PATTERN_KEY)
  const pattern = isPatternGiven ? file.read([PATTERN_KEY], patternSchema) : DEFAULT_PATTERN
  const patterns = pattern === undefined ? undefined : [pattern]
  const { phases, behaviors, troubles } = trafficOf(file, patterns, [[PATTERN_KEY]], book)
  checkTroubles(file, troubles)
  file.problems.throwIfAny()

  for (const key of document.keysAt([])) {
    if (key !== PATTERN_KEY && !names.includes(key)) file.markUnused(key)
  }
  const parts = {
    name: fragmentName(document),
    description: '',
    phases,
    behaviors,
    products: PRODUCTS,
    addresses: ADDRESSES,
    invalidInputs: INVALID_INPUTS,
    troubles,
    network: undefined,
  }
  return { scenario: assembleScenario(parts, kinds), warnings: file.warnings() }
}

/** A profile is told by its fields: one that only profiles have is enough. */
function profileNames(document: SourceDocument): string[] {
  const telling = Object.keys(profileSchema.shape).filter((field) => field !== DESCRIPTION_KEY)
  return document.keysAt([]).filter((key) => document.keysAt([key]).some((field) => telling.includes(field)))
}
