/** A scenario in our own format: checked as a whole, then resolved. */
import { BehaviorLibrary, readBehavior } from './behavior-library.ts'
import { resolveCapture } from './capture-schema.ts'
import { ADDRESSES, PRODUCTS } from './catalogue.ts'
import { checkSchema } from './check-schema.ts'
import { checkInvalidInputs, withoutKnown } from './invalid-inputs.ts'
import { peakUsers } from './peak-users.ts'
import { Problems } from './problems.ts'
import { resolveChaos, resolveFault } from './resolve-faults.ts'
import { resolvePhases } from './resolve-phases.ts'
import { resolveSettings } from './resolve-settings.ts'
import type { Behavior, Phase, Scenario } from './scenario.ts'
import { checkScenarioRules } from './scenario-rules.ts'
import { type ScenarioFile, scenarioSchema } from './scenario-schema.ts'
import type { SourceDocument } from './source-document.ts'
import { checkStudy, type StudySettings } from './study-schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/** @throws ConfigError with all problems, of the scenario and of the behaviour files that it names */
export function readNativeScenario(
  document: SourceDocument,
  vocabulary: Vocabulary,
): { scenario: Scenario; warnings: string[]; study?: StudySettings } {
  const problems = new Problems()
  const file = checkSchema(document, [], scenarioSchema, problems)
  checkScenarioRules(document, vocabulary, problems)
  checkInvalidInputs(document, problems)
  checkStudy(document, vocabulary, problems)
  const fromFiles = readNamedBehaviors(document, problems)
  problems.throwIfAny()
  const { study } = file!
  return {
    scenario: resolve(file!, fromFiles, vocabulary),
    warnings: unusedBehaviors(document.file, file!),
    ...(study === undefined ? {} : { study }),
  }
}

/** Reads the behaviours that phases name and the scenario does not define itself. */
function readNamedBehaviors(document: SourceDocument, problems: Problems): Map<string, Behavior> {
  const library = BehaviorLibrary.besides(document.file)
  const inline = document.keysAt(['behaviors'])
  const files = new Map<string, string>()
  for (const phase of document.itemsAt(['phases'])) {
    const path = [...phase, 'behaviors']
    for (const name of document.keysAt(path).filter((name) => !inline.includes(name))) {
      const file = library.find(name)
      if (file !== undefined) files.set(name, file)
      else problems.add(document, [...path, name], library.unknownText(name, inline), 'key')
    }
  }
  const behaviors = [...files].map(([name, file]) => [name, readBehavior(file, problems)] as const)
  return new Map(behaviors.filter((entry): entry is [string, Behavior] => entry[1] !== undefined))
}

function resolve(
  file: ScenarioFile,
  fromFiles: ReadonlyMap<string, Behavior>,
  vocabulary: Vocabulary,
): Scenario {
  const phases = resolvePhases(file.phases)
  const products = file.products ?? PRODUCTS
  const settings = resolveSettings(file)
  const faultSetting = { phases, shop: settings.shop, kinds: vocabulary.faults }
  return {
    name: file.name,
    description: file.description,
    world: file.world,
    seed: file.seed,
    timeScale: file.timeScale,
    accounts: file.accounts,
    maxConcurrentUsers: file.maxConcurrentUsers ?? defaultMaxConcurrentUsers(phases, file.accounts),
    maxEvents: file.maxEvents,
    phases,
    behaviors: usedBehaviors(phases, (name) => fromFiles.get(name) ?? { name, ...file.behaviors[name]! }),
    products,
    addresses: file.addresses ?? ADDRESSES,
    invalidInputs: withoutKnown(file.invalidInputs, products),
    ...settings,
    faults: file.faults.map((fault) => resolveFault(fault, faultSetting)),
    chaos: file.chaos.map((wave) => resolveChaos(wave, faultSetting)),
    ...(file.capture === undefined ? {} : { capture: resolveCapture(file.capture) }),
  }
}

/** The behaviours that occur in phases, by name. */
function usedBehaviors(
  phases: readonly Phase[],
  behaviorOf: (name: string) => Behavior,
): Record<string, Behavior> {
  const names = new Set(phases.flatMap((phase) => Object.keys(phase.behaviors)))
  return Object.fromEntries([...names].map((name) => [name, behaviorOf(name)]))
}

/** How many users an open loop gathers is up to the shop; only the accounts bound it. */
function defaultMaxConcurrentUsers(phases: readonly Phase[], accounts: number): number {
  return phases.some((phase) => phase.sessionsPerSecond > 0) ? accounts : peakUsers(phases)
}

function unusedBehaviors(file: string, scenario: ScenarioFile): string[] {
  const used = new Set(scenario.phases.flatMap((phase) => Object.keys(phase.behaviors)))
  const unused = Object.keys(scenario.behaviors).filter((name) => !used.has(name))
  return unused.length === 0 ? [] : [`${file}: behaviours that no phase uses: ${unused.join(', ')}`]
}
