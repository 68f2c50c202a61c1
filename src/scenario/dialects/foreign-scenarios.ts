/** Tells foreign files by their shape and lists what is in them. */
import { ConfigError } from '../../core/index.ts'
import { formatPath } from '../problems.ts'
import type { SourceDocument } from '../source-document.ts'
import type { FaultDeclaration } from '../vocabulary.ts'
import { readConfigFile } from './config-file.ts'
import type { ForeignResult } from './foreign-file.ts'
import { fragmentName, isFragment, readFragment } from './fragment.ts'
import { STRESS_HALF, scenarioPlaces, TRAINING_HALF } from './scenario-places.ts'

export type ForeignDialect = 'training-config' | 'stress-config' | 'fragment'

export interface ForeignScenario {
  readonly name: string
  /** Where it stands in the file, which is a name for it too. */
  readonly path: string
  readonly dialect: ForeignDialect
  /** @throws ConfigError with all problems */
  readonly read: () => ForeignResult
}

/** The scenarios of a foreign file; undefined if the file is none and must be one of ours. */
export function listForeignScenarios(
  document: SourceDocument,
  kinds: readonly FaultDeclaration[],
): ForeignScenario[] | undefined {
  const halves = document.keysAt([]).filter((key) => key === TRAINING_HALF || key === STRESS_HALF)
  if (halves.length > 0) return scenariosOfConfig(document, halves, kinds)
  if (!isFragment(document)) return undefined
  const name = fragmentName(document)
  return [{ name, path: name, dialect: 'fragment', read: () => readFragment(document, kinds) }]
}

function scenariosOfConfig(
  document: SourceDocument,
  halves: readonly string[],
  kinds: readonly FaultDeclaration[],
): ForeignScenario[] {
  const places = scenarioPlaces(document)
  if (places.length === 0) {
    const { line, column } = document.positionOf([halves[0]!])
    throw new ConfigError(
      `${document.file}:${line}:${column} ${halves[0]}: expected training_scenarios or extreme_load_scenarios with ` +
        'at least one scenario, got none',
    )
  }
  return places.map((place) => ({
    name: place.name,
    path: formatPath(place.path),
    dialect: place.path[0] === STRESS_HALF ? 'stress-config' : 'training-config',
    read: () => readConfigFile(document, place, kinds),
  }))
}
