/** Tells foreign files by their shape and lists what is in them. */
import { ConfigError } from '../../core/index.ts'
import type { SourceDocument } from '../source-document.ts'
import { readConfigFile, STRESS_HALF, scenarioPlaces, TRAINING_HALF } from './config-file.ts'
import type { ForeignResult } from './foreign-file.ts'
import { fragmentName, isFragment, readFragment } from './fragment.ts'

export type ForeignDialect = 'training-config' | 'stress-config' | 'fragment'

export interface ForeignScenario {
  readonly name: string
  readonly dialect: ForeignDialect
  /** @throws ConfigError with all problems */
  readonly read: () => ForeignResult
}

/** The scenarios of a foreign file; undefined if the file is none and must be one of ours. */
export function listForeignScenarios(document: SourceDocument): ForeignScenario[] | undefined {
  const halves = document.keysAt([]).filter((key) => key === TRAINING_HALF || key === STRESS_HALF)
  if (halves.length > 0) return scenariosOfConfig(document, halves)
  if (!isFragment(document)) return undefined
  return [{ name: fragmentName(document), dialect: 'fragment', read: () => readFragment(document) }]
}

function scenariosOfConfig(document: SourceDocument, halves: readonly string[]): ForeignScenario[] {
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
    dialect: place.path[0] === STRESS_HALF ? 'stress-config' : 'training-config',
    read: () => readConfigFile(document, place),
  }))
}
