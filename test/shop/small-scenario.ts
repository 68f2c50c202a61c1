/** The smallest scenario, resolved by the real loader: tests build on it by spreading. */
import { loadScenario, type Phase, type Scenario } from '../../src/scenario/index.ts'
import { fileOf, MINIMAL, vocabulary } from '../scenario/scenario-files.ts'

/** Resolves the text of a scenario file. */
export function scenarioOf(yaml: string): Scenario {
  return loadScenario(fileOf(yaml), { vocabulary }).scenario
}

export const smallScenario = scenarioOf(MINIMAL)

/** A phase of the smallest scenario with other settings. */
export function phaseOf(settings: Partial<Phase>): Phase {
  return { ...smallScenario.phases[0]!, ...settings }
}
