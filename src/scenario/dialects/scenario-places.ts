/** Where the scenarios of a foreign file stand, and by which names they go. */
import { formatPath } from '../problems.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'

export const TRAINING_HALF = 'rl_training_scenarios'
export const STRESS_HALF = 'stress_test_scenarios'

/** Maps of scenarios, in the order in which the predecessor looks a name up; its code never reached the last one. */
const TRAINING = [TRAINING_HALF, 'training_scenarios']
const EXTREME = [STRESS_HALF, 'extreme_load_scenarios']
const RECOVERY = [STRESS_HALF, 'failure_recovery_scenarios']
const CONTAINERS = [TRAINING, EXTREME, RECOVERY]
/** Where other things may stand beside scenarios, one of these tells a scenario. */
const TELLING = ['traffic_patterns', 'failure_timeline']

/** A scenario's name (qualified where a scenario before it has the same) and where it stands. */
export interface ScenarioPlace {
  readonly name: string
  readonly path: FieldPath
}

/** All scenarios of a file, in the order of the look-up. */
export function scenarioPlaces(document: SourceDocument): ScenarioPlace[] {
  const childrenOf = (path: string[]): string[][] => document.keysAt(path).map((key) => [...path, key])
  const isTold = (path: string[]): boolean => document.keysAt(path).some((key) => TELLING.includes(key))
  const paths = [
    ...childrenOf([TRAINING_HALF]).filter(isTold),
    ...childrenOf(TRAINING),
    ...childrenOf(EXTREME),
    ...childrenOf(RECOVERY).filter(isTold),
  ]
  const taken = new Set<string>()
  return paths.map((path) => {
    const short = path.at(-1)!
    const name = taken.has(short) ? path.slice(-2).join('.') : short
    taken.add(name)
    return { name, path }
  })
}

/**
 * What stands in the half, beside it or among its scenarios, and is none of them: it has no effect.
 *
 * @param known keys that are none of this function's business
 */
export function strayFields(document: SourceDocument, half: string, known: ReadonlySet<string>): string[] {
  const scenarios = new Set(scenarioPlaces(document).map(({ path }) => formatPath(path)))
  const expected = new Set([...known, TRAINING_HALF, STRESS_HALF, ...CONTAINERS.map((path) => path.at(-1))])
  const maps = [[], [half], ...CONTAINERS.filter(([first]) => first === half)]
  return maps.flatMap((path) =>
    document
      .keysAt(path)
      .filter((key) => path.length === 2 || !expected.has(key))
      .map((key) => formatPath([...path, key]))
      .filter((field) => !scenarios.has(field)),
  )
}
