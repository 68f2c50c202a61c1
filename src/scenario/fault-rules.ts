/** The rules for faults: kinds and parameters that there are, places and times that there are, and no contradictions. */
import { z } from 'zod'
import { didYouMean } from '../core/index.ts'
import { validOrUndefined } from './check-schema.ts'
import { type Contradiction, contradictionsOf } from './contradictions.ts'
import { FAULT_FIELDS, faultSchema, WAVE_FAULT_FIELDS } from './fault-schema.ts'
import { fullServiceName } from './fields.ts'
import { formatPath, type Problems } from './problems.ts'
import { type FaultSetting, resolveFault, windowOf } from './resolve-faults.ts'
import { type Fault, instanceIds, SERVICES, scenarioDurationMs } from './scenario.ts'
import type { FieldPath, SourceDocument } from './source-document.ts'
import type { FaultDeclaration } from './vocabulary.ts'
import { gotText } from './wording.ts'

const MINUTE_MS = 60_000

const windowSchema = faultSchema.pick({ phase: true, startMinute: true, durationMinutes: true })

/** @param setting undefined where phases or shop are not sound themselves: then only names are checked */
export function checkFaults(
  document: SourceDocument,
  kinds: readonly FaultDeclaration[],
  setting: FaultSetting | undefined,
  problems: Problems,
): void {
  const faults = document.itemsAt(['faults']).map((path) => ({ path, fault: soundFault(path) }))
  for (const wave of document.itemsAt(['chaos'])) {
    if (setting !== undefined) checkWindow(document, wave, setting, problems)
    for (const path of document.itemsAt([...wave, 'faults'])) {
      checkParameters(document, path, WAVE_FAULT_FIELDS, kinds, problems)
    }
  }
  checkContradictions(document, faults, kinds, problems)

  function soundFault(path: FieldPath): Fault | undefined {
    const sound = checkParameters(document, path, FAULT_FIELDS, kinds, problems)
    if (setting === undefined) return undefined
    const placed = checkPlace(document, path, setting, problems)
    const timed = checkWindow(document, path, setting, problems)
    const file = validOrUndefined(faultSchema, document.at(path))
    return sound && placed && timed && file !== undefined ? resolveFault(file, setting) : undefined
  }
}

/** Returns whether the kind is known and all its parameters are sound. */
function checkParameters(
  document: SourceDocument,
  path: FieldPath,
  fields: readonly string[],
  kinds: readonly FaultDeclaration[],
  problems: Problems,
): boolean {
  const kind = document.at([...path, 'kind'])
  if (typeof kind !== 'string') return false
  const names = kinds.map(({ name }) => name)
  const declaration = kinds.find(({ name }) => name === kind)
  if (declaration === undefined) {
    const hint = didYouMean(kind, names) || `: use one of ${names.join(', ')}`
    problems.add(document, [...path, 'kind'], `unknown fault "${kind}"${hint}`)
    return false
  }
  let sound = true
  const complain = (at: FieldPath, text: string, part: 'key' | 'value'): void => {
    problems.add(document, at, text, part)
    sound = false
  }
  const known = declaration.parameters.map(({ name }) => name)
  for (const key of document.keysAt(path)) {
    if (fields.includes(key) || known.includes(key)) continue
    const hint = didYouMean(key, [...known, ...fields])
    complain(
      [...path, key],
      `fault "${kind}" has no parameter "${key}"${hint}: it has ${known.join(', ')}`,
      'key',
    )
  }
  for (const { name, min, max, whole = false, default: assumed } of declaration.parameters) {
    const number = whole ? z.int() : z.number()
    const wanted = `${whole ? 'a whole' : 'a'} number from ${min} to ${max}`
    const value = document.at([...path, name])
    if (value === undefined && assumed !== undefined) continue
    if (value === undefined)
      complain(path, `fault "${kind}" needs its parameter ${name}, from ${min} to ${max}`, 'value')
    else if (validOrUndefined(number.min(min).max(max), value) === undefined) {
      complain([...path, name], `expected ${wanted}, got ${gotText(value)}`, 'value')
    }
  }
  return sound
}

/** Returns whether the instances that a fault names are there. */
function checkPlace(
  document: SourceDocument,
  path: FieldPath,
  setting: FaultSetting,
  problems: Problems,
): boolean {
  const named = document.itemsAt([...path, 'instances'])
  if (named.length > 0 && document.at([...path, 'service']) !== undefined) {
    const text = 'expected either a service or instances, got both: the ids name their services already'
    problems.add(document, [...path, 'service'], text, 'key')
    return false
  }
  const known = SERVICES.flatMap((service) => instanceIds(setting, service))
  let sound = true
  for (const at of named) {
    const id = document.at(at)
    if (typeof id !== 'string' || known.includes(id)) continue
    const ofService = known.filter((candidate) => candidate.startsWith(serviceOf(id)))
    const hint = didYouMean(id, known)
    const choice = ofService.length > 0 ? ofService : known
    problems.add(document, at, `unknown instance "${id}"${hint}: there are ${choice.join(', ')}`)
    sound = false
  }
  return sound
}

/** `cart-service` of `cart-service-9`, also of `cart-9`. */
function serviceOf(id: string): string {
  return fullServiceName(id.replace(/-\d+$/, ''))
}

/** Returns whether a window lies within the run. */
function checkWindow(
  document: SourceDocument,
  path: FieldPath,
  { phases }: FaultSetting,
  problems: Problems,
): boolean {
  const keys = document.keysAt(path)
  const timed = ['startMinute', 'durationMinutes'].find((key) => keys.includes(key))
  const phase = document.at([...path, 'phase'])
  if (phase !== undefined && timed !== undefined) {
    problems.add(
      document,
      [...path, timed],
      'expected either a phase or a start and a duration, got both',
      'key',
    )
    return false
  }
  const names = phases.map(({ name }) => name)
  if (typeof phase === 'string' && !names.includes(phase)) {
    problems.add(
      document,
      [...path, 'phase'],
      `unknown phase "${phase}"${didYouMean(phase, names)}: use one of ${names.join(', ')}`,
    )
    return false
  }
  const window = validOrUndefined(windowSchema, document.at(path))
  if (window === undefined) return false
  const { startMs, durationMs } = windowOf(window, phases)
  const endMs = scenarioDurationMs({ phases })
  if (startMs < endMs && startMs + durationMs <= endMs) return true
  const field = startMs < endMs ? 'durationMinutes' : 'startMinute'
  const limit = (startMs < endMs ? endMs - startMs : endMs) / MINUTE_MS
  const text = `expected ${startMs < endMs ? 'at most' : 'less than'} ${limit}: the run ends at minute ${endMs / MINUTE_MS}`
  problems.add(document, [...path, field], text)
  return false
}

type PlacedFault = Fault & { readonly path: FieldPath }

/**
 * Where a share of the instances is drawn, nobody knows whether faults meet; if they do, the one that stands first
 * takes its requests first.
 */
function checkContradictions(
  document: SourceDocument,
  all: readonly { readonly path: FieldPath; readonly fault: Fault | undefined }[],
  kinds: readonly FaultDeclaration[],
  problems: Problems,
): void {
  const placed = all.flatMap(({ path, fault }): PlacedFault[] =>
    fault === undefined || fault.share < 1 ? [] : [{ ...fault, path }],
  )
  for (const [index, fault] of placed.entries()) {
    // What holds for several instances is said of the first.
    const said = new Set<string>()
    for (const id of new Set(fault.instances)) {
      const earlier = placed.slice(0, index).filter(({ instances }) => instances.includes(id))
      for (const contradiction of contradictionsOf(fault, earlier, kinds)) {
        const others = listText(contradiction.others.map(({ path }) => formatPath(path)))
        if (said.has(others)) continue
        said.add(others)
        const why = whyText(fault, contradiction)
        problems.add(
          document,
          fault.path,
          `contradicts ${others} on ${id}: ${why}: move one in time or to other instances`,
        )
      }
    }
  }
}

function whyText({ kind }: Fault, { others, taken }: Contradiction<Fault>): string {
  if (taken === undefined) return `two faults of kind "${kind}" at one time`
  const named = listText([...others.map((other) => `"${other.kind}"`), `"${kind}"`])
  return `${named} together take ${Number(taken.toPrecision(6))} of every request`
}

/** `a, b and c`. */
function listText(items: readonly string[]): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
