/** A scenario in our own format: checked as a whole, then resolved. */
import path from 'node:path'
import { BehaviorLibrary, readBehavior, readInlineBehavior } from './behavior-library.ts'
import { resolveCapture } from './capture-schema.ts'
import { ADDRESSES, PRODUCTS } from './catalogue.ts'
import { checkSchema } from './check-schema.ts'
import { checkInvalidInputs, withoutKnown } from './invalid-inputs.ts'
import { defaultMaxConcurrentUsers, peakUsers } from './peak-users.ts'
import { Problems } from './problems.ts'
import { resolveChaos, resolveFault } from './resolve-faults.ts'
import { soundPhases } from './resolve-phases.ts'
import { resolveSettings } from './resolve-settings.ts'
import type { Behavior, Phase, Scenario } from './scenario.ts'
import { checkScenarioRules } from './scenario-rules.ts'
import { type ScenarioFile, scenarioSchema } from './scenario-schema.ts'
import type { SourceDocument } from './source-document.ts'
import { checkStudy, type StudySettings } from './study-schema.ts'
import { checkThresholdMetrics } from './threshold/threshold-rules.ts'
import { cutTraces, type PhaseTraces, readTraces } from './trace/phase-traces.ts'
import { REPLAYED_BEHAVIOR, REPLAYED_REQUESTS } from './trace/replayed-requests.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Sessions of flows that can go on at a time where nothing is said: more than any sensible target has. */
const SCRIPTED_ACCOUNTS = 10_000

/** @throws ConfigError with all problems, of the scenario and of the behaviour files that it names */
export function readNativeScenario(
  document: SourceDocument,
  vocabulary: Vocabulary,
): { scenario: Scenario; warnings: string[]; study?: StudySettings } {
  const problems = new Problems()
  const file = checkSchema(document, [], scenarioSchema, problems)
  const { traces, warnings } = readTraces(document, problems)
  checkScenarioRules(document, vocabulary, problems, traces)
  checkInvalidInputs(document, problems)
  checkStudy(document, vocabulary, problems)
  const behaviors = readBehaviors(document, problems)
  checkAccounts(document, behaviors, problems)
  checkThresholdMetrics(document, problems.none ? [...behaviors.values()] : undefined, problems)
  problems.throwIfAny()
  const { study } = file!
  const scenario = resolve(file!, behaviors, vocabulary, { folder: path.dirname(document.file), traces })
  return {
    scenario,
    warnings: [...unusedBehaviors(document.file, file!), ...warnings, ...cutTraces(scenario.phases)],
    ...(study === undefined ? {} : { study }),
  }
}

/** The behaviours that the scenario defines itself, and those that phases name beside them. */
function readBehaviors(document: SourceDocument, problems: Problems): Map<string, Behavior> {
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
  const behaviors = [
    ...inline.map((name) => [name, readInlineBehavior(document, name, problems)] as const),
    ...[...files].map(([name, file]) => [name, readBehavior(file, problems)] as const),
  ]
  return new Map(behaviors.filter((entry): entry is [string, Behavior] => entry[1] !== undefined))
}

/** Shoppers sign in; scripts have what they need with them. */
function checkAccounts(
  document: SourceDocument,
  behaviors: ReadonlyMap<string, Behavior>,
  problems: Problems,
): void {
  if (document.at(['accounts']) !== undefined) return
  const used = document.itemsAt(['phases']).flatMap((phase) => document.keysAt([...phase, 'behaviors']))
  const shopper = used.find((name) => behaviors.get(name)?.kind === 'shopper')
  if (shopper === undefined) return
  problems.add(
    document,
    ['accounts'],
    `expected integer above 0, got nothing, and ${shopper} needs an account`,
  )
}

function resolve(
  file: ScenarioFile,
  behaviors: ReadonlyMap<string, Behavior>,
  vocabulary: Vocabulary,
  { folder, traces }: { readonly folder: string; readonly traces: PhaseTraces },
): Scenario {
  // Its rules have been checked.
  const phases = soundPhases(file.phases, traces)!
  const accounts = file.accounts ?? Math.max(SCRIPTED_ACCOUNTS, peakUsers(phases, true))
  const products = file.products ?? PRODUCTS
  const settings = resolveSettings(file, { folder, captured: file.capture !== undefined })
  const faultSetting = { phases, shop: settings.shop, kinds: vocabulary.faults }
  return {
    name: file.name,
    description: file.description,
    world: file.world,
    seed: file.seed,
    timeScale: file.timeScale,
    accounts,
    maxConcurrentUsers: file.maxConcurrentUsers ?? defaultMaxConcurrentUsers(phases, accounts),
    maxEvents: file.maxEvents,
    phases,
    behaviors: usedBehaviors(phases, (name) =>
      name === REPLAYED_REQUESTS ? REPLAYED_BEHAVIOR : behaviors.get(name)!,
    ),
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

function unusedBehaviors(file: string, scenario: ScenarioFile): string[] {
  const used = new Set(scenario.phases.flatMap((phase) => Object.keys(phase.behaviors ?? {})))
  const unused = Object.keys(scenario.behaviors).filter((name) => !used.has(name))
  return unused.length === 0 ? [] : [`${file}: behaviours that no phase uses: ${unused.join(', ')}`]
}
