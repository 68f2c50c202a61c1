/** The identity of a resolved scenario. */
import { contentHash } from '../core/index.ts'
import type { Scenario } from './scenario.ts'

/** SHA-256 of the scenario with all defaults in place: equal for files that mean the same. */
export function scenarioHash(scenario: Scenario): string {
  return contentHash(scenario)
}
