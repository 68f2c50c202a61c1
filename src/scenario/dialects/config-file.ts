/**
 * The predecessor's configuration files: `rl_training_scenarios` and `stress_test_scenarios`, two halves with the
 * same inner structure, either or both in a file. Profiles, products and addresses may stand in a half or beside it.
 */
import { z } from 'zod'
import { peakUsers } from '../peak-users.ts'
import { formatPath } from '../problems.ts'
import { type Phase, type Scenario, scenarioDurationMs } from '../scenario.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'
import { secondsToMs } from '../units.ts'
import type { FaultDeclaration } from '../vocabulary.ts'
import { assembleScenario } from './assemble-scenario.ts'
import { type BaseConfig, readBaseConfig } from './base-config.ts'
import { troublesOfTimeline } from './failure-timeline.ts'
import { ForeignFile, type ForeignResult } from './foreign-file.ts'
import { type ForeignPlan, readPlan } from './foreign-plan.ts'
import { trafficOf } from './foreign-traffic.ts'
import { readAddresses, readProducts } from './goods.ts'
import { readMistakes } from './mistakes.ts'
import { readNetworkErrors } from './network-errors.ts'
import { withRampUp } from './pattern.ts'
import type { ProfileDefaults } from './profile.ts'
import { ProfileBook } from './profile-book.ts'
import { type ScenarioPlace, STRESS_HALF, strayFields, TRAINING_HALF } from './scenario-places.ts'
import { checkTroubles, type StatedTrouble } from './timed-trouble.ts'

const SECTIONS = [
  'base_config',
  'user_behavior_profiles',
  'enhanced_test_products',
  'realistic_shipping_addresses',
  'error_simulation_config',
] as const
type Section = (typeof SECTIONS)[number]
/** What may stand beside the scenarios: the rest is documentation. */
const KNOWN = new Set<string>([...SECTIONS, 'description', 'version', 'created_for'])

/** @throws ConfigError with all problems of the scenario and of what it shares with others */
export function readConfigFile(
  document: SourceDocument,
  place: ScenarioPlace,
  kinds: readonly FaultDeclaration[],
): ForeignResult {
  const file = new ForeignFile(document)
  const half = String(place.path[0])
  const base = readBaseConfig(file, placesOf('base_config', half))
  const products = readProducts(file, placesOf('enhanced_test_products', half))
  const { mistakes, invalidInputs } = readMistakes(file, placesOf('error_simulation_config', half), products)
  const book = readProfiles(file, half, { thinkTimeSeconds: base?.thinkTimeSeconds, mistakes })
  const addresses = readAddresses(file, placesOf('realistic_shipping_addresses', half))
  const plan = readPlan(file, place.path, book.names)
  const patternPaths = document.itemsAt([...place.path, 'traffic_patterns'])
  // The pattern of a scenario that has none stands where the scenario stands.
  const paths = patternPaths.length > 0 ? patternPaths : [place.path]
  const traffic = trafficOf(file, plan?.traffic_patterns, paths, book)
  const network = readNetworkErrors(file, placesOf('error_simulation_config', half))
  const timeline = plan === undefined ? [] : readTimeline(file, place.path, plan, traffic.phases)
  const troubles = [...traffic.troubles, ...timeline]
  checkTroubles(file, troubles)
  file.problems.throwIfAny()

  const foreign = plan!
  const phases = withRampUp(traffic.phases, foreign.ramp_up_time_seconds)
  warnOfChanges(file, place.path, foreign, phases)
  if (base !== undefined) markUnusedThinkTime(file, base, traffic.behaviors)
  for (const field of strayFields(document, half, KNOWN)) file.markUnused(field)
  const parts = {
    name: place.name,
    description: foreign.description,
    phases,
    behaviors: traffic.behaviors,
    products,
    addresses,
    invalidInputs,
    timeoutSeconds: base?.timeoutSeconds,
    pollSeconds: foreign.data_collection_interval_seconds,
    accounts: foreign.total_users,
    maxConcurrentUsers: foreign.max_concurrent_users,
    troubles,
    network,
  }
  return { scenario: assembleScenario(parts, kinds), warnings: file.warnings() }
}

function readTimeline(
  file: ForeignFile,
  path: FieldPath,
  { failure_timeline: events = [] }: ForeignPlan,
  phases: readonly Phase[],
): StatedTrouble[] {
  return troublesOfTimeline(file, [...path, 'failure_timeline'], events, scenarioDurationMs({ phases }))
}

function readProfiles(file: ForeignFile, half: string, defaults: ProfileDefaults): ProfileBook {
  const path = file.firstOf(placesOf('user_behavior_profiles', half)) ?? []
  if (path.length > 0) file.read(path, z.record(z.string(), z.unknown()))
  const names = path.length > 0 ? file.document.keysAt(path) : []
  return ProfileBook.read(file, path, names, defaults)
}

/** The predecessor prefers profiles beside the halves, and anything else inside. */
function placesOf(section: Section, half: string): FieldPath[] {
  const other = half === TRAINING_HALF ? STRESS_HALF : TRAINING_HALF
  const [own, beside] = [[half, section], [section]]
  return [...(section === 'user_behavior_profiles' ? [beside, own] : [own, beside]), [other, section]]
}

function warnOfChanges(
  file: ForeignFile,
  path: FieldPath,
  scenario: ForeignPlan,
  phases: readonly Phase[],
): void {
  const peak = peakUsers(phases)
  for (const field of ['total_users', 'max_concurrent_users'] as const) {
    const limit = scenario[field]
    if (limit === undefined || limit >= peak) continue
    file.warn(
      [...path, field],
      `${limit} is below ${peak}, the most users that the patterns hold at once: raised to ${peak}`,
    )
  }
  const rampUpMs = secondsToMs(scenario.ramp_up_time_seconds)
  const capped = phases.find(({ executor }) => {
    return executor.kind === 'constant-users' && executor.rampUpMs > 0 && executor.rampUpMs < rampUpMs
  })
  if (capped !== undefined) {
    file.warn([...path, 'ramp_up_time_seconds'], `longer than ${capped.name} lasts: cut to that`)
  }
  const stated = scenario.test_duration_minutes
  const actual = Math.max(...phases.map((phase) => phase.startMs + phase.durationMs)) / 60_000
  if (stated !== undefined && stated !== actual) {
    file.warn(
      [...path, 'test_duration_minutes'],
      `${stated} is stated, but the last pattern ends at minute ${actual}, and so does the run`,
    )
  }
}

/** The think time of `base_config` counts for profiles without one of their own only. */
function markUnusedThinkTime(file: ForeignFile, base: BaseConfig, behaviors: Scenario['behaviors']): void {
  const isUsed = Object.values(behaviors).some(
    (behavior) => behavior.kind === 'shopper' && behavior.thinkTimeSeconds === base.thinkTimeSeconds,
  )
  if (isUsed) return
  const fields = ['think_time_min', 'think_time_max'].map((field) => [...base.path, field])
  for (const field of fields) if (file.document.at(field) !== undefined) file.markUnused(formatPath(field))
}
