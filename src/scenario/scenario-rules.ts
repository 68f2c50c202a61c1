/**
 * The rules that one field alone cannot break: they compare fields, or look names up.
 *
 * They read the raw document and skip what is not sound, so that a wrong type in one place hides no broken rule in
 * another.
 */
import { z } from 'zod'
import { didYouMean } from '../core/index.ts'
import { checkCapture } from './capture-rules.ts'
import { validOrUndefined } from './check-schema.ts'
import { checkClient } from './client-rules.ts'
import { checkDrive } from './executor-rules.ts'
import { checkFaults } from './fault-rules.ts'
import { fullServiceName, share } from './fields.ts'
import { peakUsers } from './peak-users.ts'
import { formatPath, type Problems } from './problems.ts'
import type { FaultSetting } from './resolve-faults.ts'
import { soundPhases, sumOf } from './resolve-phases.ts'
import { resolveShop } from './resolve-settings.ts'
import type { Phase } from './scenario.ts'
import { phaseSchema } from './scenario-schema.ts'
import { settingsFields } from './settings-schema.ts'
import { DEFAULT_SERVICES } from './shop-defaults.ts'
import type { FieldPath, SourceDocument } from './source-document.ts'
import type { PhaseTraces } from './trace/phase-traces.ts'
import { REPLAYED_REQUESTS } from './trace/replayed-requests.ts'
import type { TraceReference } from './trace/trace.ts'
import type { Vocabulary } from './vocabulary.ts'

const SHARE_TOLERANCE = 1e-6
const integer = z.int().positive()
const numbers = z.array(z.number()).min(1)

export function checkScenarioRules(
  document: SourceDocument,
  vocabulary: Vocabulary,
  problems: Problems,
  traces: PhaseTraces,
): void {
  for (const [i, path] of document.itemsAt(['phases']).entries()) {
    checkPhase(document, path, problems, traces.get(i))
  }
  checkDistinct(document, 'phases', 'name', problems)
  checkDistinct(document, 'products', 'sku', problems)
  checkUsers(document, problems, traces)
  checkServicesOnce(document, ['shop', 'services'], problems)
  checkWeights(document, problems)
  checkNames(document, vocabulary, problems)
  checkFaults(document, vocabulary.faults, faultSetting(document, vocabulary, traces), problems)
  checkServicesOnce(document, ['capture', 'instances'], problems)
  checkCapture(document, vocabulary.instanceFeatures, problems)
  checkClient(document, problems)
}

/** Undefined if the phases or the shop are not sound. */
function faultSetting(
  document: SourceDocument,
  { faults }: Vocabulary,
  traces: PhaseTraces,
): FaultSetting | undefined {
  const phases = phasesOf(document, traces)
  const shop = validOrUndefined(settingsFields.shop, document.at(['shop']))
  if (phases === undefined || shop === undefined) return undefined
  return { phases, shop: resolveShop(shop), kinds: faults }
}

function phasesOf(document: SourceDocument, traces: PhaseTraces): Phase[] | undefined {
  const files = validOrUndefined(z.array(phaseSchema).min(1), document.at(['phases']))
  return files === undefined ? undefined : soundPhases(files, traces)
}

function checkPhase(
  document: SourceDocument,
  path: FieldPath,
  problems: Problems,
  trace: TraceReference | undefined,
): void {
  checkDrive(document, path, problems, trace)
  checkServicesOnce(document, [...path, 'backgroundLoad'], problems)

  checkBehaviors(document, path, problems)
  const shares = validOrUndefined(z.record(z.string(), share), document.at([...path, 'behaviors']))
  if (shares !== undefined && Math.abs(sumOf(shares) - 1) > SHARE_TOLERANCE) {
    const sum = Number(sumOf(shares).toPrecision(6))
    problems.add(document, [...path, 'behaviors'], `expected shares that sum to 1, got a sum of ${sum}`)
  }
}

/** Only what a trace tells request by request needs no behaviours; its name for that is nobody else's. */
function checkBehaviors(document: SourceDocument, path: FieldPath, problems: Problems): void {
  const field = [...path, 'behaviors']
  const names = document.keysAt(field)
  if (names.includes(REPLAYED_REQUESTS)) {
    const text = 'this name is kept for the requests of a trace: give the behaviour another one'
    problems.add(document, [...field, REPLAYED_REQUESTS], text, 'key')
  }
  if (document.at(field) !== undefined || document.keysAt(path).length === 0) return
  if (document.at([...path, 'executor', 'kind']) === 'trace-replay') return
  problems.add(document, field, 'expected map, got nothing')
}

/** `cart` and `cart-service` are one service. */
function checkServicesOnce(document: SourceDocument, path: FieldPath, problems: Problems): void {
  const keys = document.keysAt(path)
  for (const [index, key] of keys.entries()) {
    const twin = keys.slice(0, index).find((other) => fullServiceName(other) === fullServiceName(key))
    if (twin === undefined) continue
    problems.add(document, [...path, key], `names the same service as "${twin}"`, 'key')
  }
}

/** One weight per replica: of the file, or of the shop as it stands. */
function checkWeights(document: SourceDocument, problems: Problems): void {
  for (const key of document.keysAt(['shop', 'services'])) {
    const path = ['shop', 'services', key]
    const weights = validOrUndefined(numbers, document.at([...path, 'weights']))
    if (weights === undefined) continue
    const speeds = document.at([...path, 'speeds']) ?? DEFAULT_SERVICES[fullServiceName(key)]?.speeds
    const replicas = validOrUndefined(numbers, speeds)?.length ?? weights.length
    if (weights.length === replicas) continue
    const text = `expected as many as there are speeds, ${replicas}, got ${weights.length}`
    problems.add(document, [...path, 'weights'], text)
  }
}

function checkDistinct(document: SourceDocument, list: string, field: string, problems: Problems): void {
  const firstAt = new Map<string, FieldPath>()
  for (const item of document.itemsAt([list])) {
    const path = [...item, field]
    const value = document.at(path)
    if (typeof value !== 'string') continue
    const first = firstAt.get(value)
    if (first === undefined) {
      firstAt.set(value, item)
      continue
    }
    const text = `expected a ${field} of its own, got "${value}" as in ${formatPath(first)}`
    problems.add(document, path, text)
  }
}

function checkUsers(document: SourceDocument, problems: Problems, traces: PhaseTraces): void {
  const phases = phasesOf(document, traces)
  if (phases === undefined) return
  const peak = peakUsers(phases)
  for (const field of ['maxConcurrentUsers', 'accounts']) {
    const limit = validOrUndefined(integer, document.at([field]))
    if (limit !== undefined && limit < peak) {
      problems.add(
        document,
        [field],
        `expected at least ${peak}, the most users that the phases hold at once, got ${limit}`,
      )
    }
  }
}

function checkNames(document: SourceDocument, vocabulary: Vocabulary, problems: Problems): void {
  const policyPaths: FieldPath[] = [['routing', 'policy'], ...document.itemsAt(['evaluation', 'policies'])]
  for (const path of policyPaths) {
    const policy = document.at(path)
    const complaint = typeof policy === 'string' ? vocabulary.checkPolicy(policy) : undefined
    if (complaint !== undefined) problems.add(document, path, complaint)
  }
  for (const route of document.keysAt(['shop', 'work'])) {
    if (vocabulary.routes.includes(route)) continue
    const hint = didYouMean(route, vocabulary.routes) || `: use one of ${vocabulary.routes.join(', ')}`
    problems.add(document, ['shop', 'work', route], `unknown route class "${route}"${hint}`, 'key')
  }
  const path = ['training', 'algorithm']
  const algorithm = document.at(path)
  if (typeof algorithm !== 'string' || vocabulary.algorithms.includes(algorithm)) return
  const hint = didYouMean(algorithm, vocabulary.algorithms)
  problems.add(
    document,
    path,
    `expected one of ${vocabulary.algorithms.join(', ')}, got "${algorithm}"${hint}`,
  )
}
