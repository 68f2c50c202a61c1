/**
 * `simulated_failures` and `simulated_conditions` of a pattern: what is wrong with which service while it lasts. Both
 * fields have one grammar. A map names services in its keys, with the effect behind (`cart_service_error_rate`) or in
 * a map of their own (`cart_service: {error_rate: 0.3}`); an effect that names no service is one of all. `normal`,
 * for everything or for a service, is nothing.
 */
import { didYouMean } from '../../core/index.ts'
import { checkSchema } from '../check-schema.ts'
import { SERVICES, type ServiceName } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import { gotText } from '../wording.ts'
import type { ForeignFile } from './foreign-file.ts'
import {
  amountIn,
  EFFECT_KEYS,
  EFFECTS,
  type EffectKey,
  isWell,
  kindIn,
  splitKey,
  type Trouble,
} from './trouble.ts'

const CONDITION_FIELDS = ['simulated_failures', 'simulated_conditions'] as const

type PlacedTrouble = Trouble & { readonly path: FieldPath }

/** @param pattern where the pattern stands */
export function readConditions(file: ForeignFile, pattern: FieldPath): PlacedTrouble[] {
  return CONDITION_FIELDS.flatMap((field) => {
    const path = [...pattern, field]
    return file.document.at(path) === undefined ? [] : troublesAt(file, path, SERVICES)
  })
}

/** @param services that the conditions at the path are about */
function troublesAt(file: ForeignFile, path: FieldPath, services: readonly ServiceName[]): PlacedTrouble[] {
  const value = file.document.at(path)
  if (typeof value === 'string') return troublesInWords(file, path, value, services)
  const isMap = value !== null && typeof value === 'object' && !Array.isArray(value)
  if (!isMap) {
    file.problems.add(file.document, path, `expected map of effects or "normal", got ${gotText(value)}`)
    return []
  }
  return file.document.keysAt(path).flatMap((key) => {
    const { service, rest } = splitKey(key)
    const about = service === undefined ? services : [service]
    return rest === '' ? troublesAt(file, [...path, key], about) : effectAt(file, [...path, key], rest, about)
  })
}

function troublesInWords(
  file: ForeignFile,
  path: FieldPath,
  sentence: string,
  services: readonly ServiceName[],
): PlacedTrouble[] {
  const kind = kindIn(sentence)
  const amount = kind && amountIn(sentence, kind)
  if (kind !== undefined && amount !== undefined) {
    return services.map((service) => ({ service, kind, amount, path }))
  }
  if (!isWell(sentence)) file.warn(path, `${gotText(sentence)} is not understood, and so without effect`)
  return []
}

/** @param effect the key without its service */
function effectAt(
  file: ForeignFile,
  path: FieldPath,
  effect: string,
  services: readonly ServiceName[],
): PlacedTrouble[] {
  if (!Object.hasOwn(EFFECTS, effect)) {
    const hint = didYouMean(effect, EFFECT_KEYS)
    const text = `"${effect}" is not understood`
    // What is nearly one of our words is meant to act; anything else may be the author's note.
    if (hint !== '') file.problems.add(file.document, path, `${text}${hint}`, 'key')
    else file.warn(path, `${text}, and so without effect: known are ${EFFECT_KEYS.join(', ')}`)
    return []
  }
  const { kind, schema, amountOf } = EFFECTS[effect as EffectKey]
  const value = checkSchema(file.document, path, schema, file.problems)
  if (value === undefined) return []
  return services.map((service) => ({ service, kind, amount: amountOf(value), path }))
}
