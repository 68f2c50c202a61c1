/**
 * The predecessor's configuration files: `rl_training_scenarios` and `stress_test_scenarios`, two halves with the
 * same inner structure, either or both in a file. Profiles, products and addresses may stand in a half or beside it.
 */
import { z } from 'zod'
import { peakUsers } from '../peak-users.ts'
import { formatPath } from '../problems.ts'
import type { Phase, Scenario } from '../scenario.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'
import { secondsToMs } from '../units.ts'
import { assembleScenario } from './assemble-scenario.ts'
import { type BaseConfig, readBaseConfig } from './base-config.ts'
import { ForeignFile, type ForeignResult } from './foreign-file.ts'
import { trafficOf } from './foreign-traffic.ts'
import { readAddresses, readProducts } from './goods.ts'
import { readMistakes } from './mistakes.ts'
import { patternSchema, withRampUp } from './pattern.ts'
import { ProfileBook } from './profile-book.ts'

export const TRAINING_HALF = 'rl_training_scenarios'
export const STRESS_HALF = 'stress_test_scenarios'

const SECTIONS = [
  'base_config',
  'user_behavior_profiles',
  'enhanced_test_products',
  'realistic_shipping_addresses',
  'error_simulation_config',
] as const
type Section = (typeof SECTIONS)[number]
const CONTAINERS = ['training_scenarios', 'extreme_load_scenarios']
const DOCUMENTATION = ['description', 'version', 'created_for']

const scenarioSchema = z.looseObject({
  description: z.string().default(''),
  total_users: z.int().positive().optional(),
  test_duration_minutes: z.number().positive().optional(),
  max_concurrent_users: z.int().positive().optional(),
  ramp_up_time_seconds: z.number().min(0).default(0),
  data_collection_interval_seconds: z.number().min(0.01).optional(),
  traffic_patterns: z.array(patternSchema).min(1),
})
type ForeignScenario = z.infer<typeof scenarioSchema>

/** A scenario's name (qualified where a scenario before it has the same) and where it stands. */
export interface ScenarioPlace {
  readonly name: string
  readonly path: FieldPath
}

/** All scenarios of a file, in the order in which the predecessor looks a name up. */
export function scenarioPlaces(document: SourceDocument): ScenarioPlace[] {
  const bare = document
    .keysAt([TRAINING_HALF])
    .filter((key) => document.keysAt([TRAINING_HALF, key]).includes('traffic_patterns'))
    .map((key) => [TRAINING_HALF, key])
  const contained = [
    [TRAINING_HALF, 'training_scenarios'],
    [STRESS_HALF, 'extreme_load_scenarios'],
  ].flatMap((container) => document.keysAt(container).map((key) => [...container, key]))

  const taken = new Set<string>()
  return [...bare, ...contained].map((path) => {
    const short = path.at(-1)!
    const name = taken.has(short) ? path.slice(-2).join('.') : short
    taken.add(name)
    return { name, path }
  })
}

/** @throws ConfigError with all problems of the scenario and of what it shares with others */
export function readConfigFile(document: SourceDocument, place: ScenarioPlace): ForeignResult {
  const file = new ForeignFile(document)
  const half = String(place.path[0])
  const base = readBaseConfig(file, placesOf('base_config', half))
  const book = readProfiles(file, half, base)
  const products = readProducts(file, placesOf('enhanced_test_products', half))
  const addresses = readAddresses(file, placesOf('realistic_shipping_addresses', half))
  const read = file.read(place.path, scenarioSchema)
  const patternPaths = document.itemsAt([...place.path, 'traffic_patterns'])
  const traffic = trafficOf(file, read?.traffic_patterns ?? [], patternPaths, book)
  file.problems.throwIfAny()

  const foreign = read!
  const phases = withRampUp(traffic.phases, foreign.ramp_up_time_seconds)
  warnOfChanges(file, place.path, foreign, phases)
  if (base !== undefined) markUnusedThinkTime(file, base, traffic.behaviors)
  markUnusedSections(file, half)
  const scenario = assembleScenario({
    name: place.name,
    description: foreign.description,
    phases,
    behaviors: traffic.behaviors,
    products,
    addresses,
    timeoutSeconds: base?.timeoutSeconds,
    pollSeconds: foreign.data_collection_interval_seconds,
    accounts: foreign.total_users,
    maxConcurrentUsers: foreign.max_concurrent_users,
  })
  return { scenario, warnings: file.warnings() }
}

function readProfiles(file: ForeignFile, half: string, base: BaseConfig | undefined): ProfileBook {
  const mistakes = readMistakes(file, placesOf('error_simulation_config', half))
  const path = file.firstOf(placesOf('user_behavior_profiles', half)) ?? []
  if (path.length > 0) file.read(path, z.record(z.string(), z.unknown()))
  const names = path.length > 0 ? file.document.keysAt(path) : []
  return ProfileBook.read(file, path, names, { thinkTimeSeconds: base?.thinkTimeSeconds, mistakes })
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
  scenario: ForeignScenario,
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
  const capped = phases.find((phase) => phase.rampUpMs > 0 && phase.rampUpMs < rampUpMs)
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
    ({ thinkTimeSeconds }) => thinkTimeSeconds === base.thinkTimeSeconds,
  )
  if (isUsed) return
  const fields = ['think_time_min', 'think_time_max'].map((field) => [...base.path, field])
  for (const field of fields) if (file.document.at(field) !== undefined) file.markUnused(formatPath(field))
}

/** What stands in the half or beside it and is neither a scenario nor a section that we read. */
function markUnusedSections(file: ForeignFile, half: string): void {
  const scenarios = new Set(scenarioPlaces(file.document).map(({ path }) => formatPath(path)))
  const known = new Set<string>([...SECTIONS, ...CONTAINERS, ...DOCUMENTATION, TRAINING_HALF, STRESS_HALF])
  for (const parent of [[], [half]]) {
    for (const key of file.document.keysAt(parent)) {
      const field = formatPath([...parent, key])
      if (!known.has(key) && !scenarios.has(field)) file.markUnused(field)
    }
  }
}
