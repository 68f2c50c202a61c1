/** From a YAML or JSON file of any known dialect to a validated, resolved, hashed `Scenario`. */
export { loadBehavior } from './behavior-library.ts'
export { ADDRESSES, PRODUCTS } from './catalogue.ts'
export { type Dialect, type LoadedScenario, type LoadOptions, loadScenario } from './load-scenario.ts'
export { peakUsers } from './peak-users.ts'
export * from './scenario.ts'
export { scenarioHash } from './scenario-hash.ts'
export { type ShippedFile, shippedBehaviors, shippedScenarios } from './shipped.ts'
export type { Vocabulary } from './vocabulary.ts'
