/** The entry of the room: a file of any known dialect to a resolved scenario. */
import { ConfigError, didYouMean } from '../core/index.ts'
import { type ForeignDialect, listForeignScenarios } from './dialects/foreign-scenarios.ts'
import { readNativeScenario } from './native-scenario.ts'
import type { Scenario } from './scenario.ts'
import { SourceDocument } from './source-document.ts'
import type { StudySettings } from './study-schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * native: our own. training-config, stress-config: the two halves of the predecessor's files, roots
 * `rl_training_scenarios` and `stress_test_scenarios`. fragment: a single pattern or profile as its README shows.
 */
export type Dialect = 'native' | ForeignDialect

export interface LoadedScenario {
  readonly scenario: Scenario
  /** What was read but changed or not honoured, one line each. */
  readonly warnings: readonly string[]
  /** How it is to be studied, if the file says so; no part of what the scenario is. */
  readonly study?: StudySettings
  readonly source: { readonly file: string; readonly dialect: Dialect }
}

export interface LoadOptions {
  readonly vocabulary: Vocabulary
  /** Which scenario of a file that has several; of a file that has one, its name. */
  readonly scenarioName?: string
}

/** @throws ConfigError with every problem of the file and of the behaviour files that it uses */
export function loadScenario(file: string, { vocabulary, scenarioName }: LoadOptions): LoadedScenario {
  const document = SourceDocument.read(file)
  const foreign = listForeignScenarios(document, vocabulary.faults)
  if (foreign === undefined) {
    const { scenario, ...read } = readNativeScenario(document, vocabulary)
    if (scenarioName !== undefined) choose(file, [scenario], scenarioName)
    return { scenario, ...read, source: { file, dialect: 'native' } }
  }
  const chosen = choose(file, foreign, scenarioName)
  return { ...chosen.read(), source: { file, dialect: chosen.dialect } }
}

/** @param all that have a path also go by it, and by its end as far as that is theirs alone */
function choose<T extends { readonly name: string; readonly path?: string }>(
  file: string,
  all: readonly T[],
  wanted?: string,
): T {
  const names = all.map(({ name }) => name)
  if (wanted === undefined && all.length === 1) return all[0]!
  if (wanted === undefined) {
    throw new ConfigError(`${file}: has ${names.length} scenarios; name one of them: ${names.join(', ')}`)
  }
  const byPath = all.filter(({ path = '' }) => `.${path}`.endsWith(`.${wanted}`))
  const found = all.find(({ name }) => name === wanted) ?? (byPath.length === 1 ? byPath[0] : undefined)
  if (found !== undefined) return found
  throw new ConfigError(
    `${file}: has no scenario "${wanted}"${didYouMean(wanted, names)}; it has: ${names.join(', ')}`,
  )
}
