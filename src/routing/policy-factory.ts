/** From a policy's text to the policies of a run. */
import { didYouMean, UsageError } from '../core/index.ts'
import { policies } from './policies/index.ts'
import type { Policy } from './policy.ts'
import {
  type ChoiceParameter,
  isChoice,
  type NumberParameter,
  type PolicyDeclaration,
} from './policy-declaration.ts'
import { type PolicyText, parsePolicyText } from './policy-text.ts'

/** Makes the policy of one service; each service has its own, since policies have state. */
export type PolicyFactory = (service: string) => Policy

/** Resolves names that are not in the list, such as `model:DIR`; undefined if it does not know the name either. */
export type PolicyExtension = (name: string) => PolicyFactory | undefined

/**
 * Checks a policy's text as a whole and gives a factory for it.
 *
 * @throws UsageError for an unknown policy or parameter, a value out of range, or a wrong number of wrapped ones
 */
export function policyFactory(text: string, extension: PolicyExtension = () => undefined): PolicyFactory {
  return resolve(parsePolicyText(text), extension)
}

function resolve(text: PolicyText, extension: PolicyExtension): PolicyFactory {
  const extended = extension(text.name)
  if (extended !== undefined) {
    if (text.parameters.size === 0 && text.inner.length === 0) return extended
    throw new UsageError(`policy "${text.name}" takes nothing in brackets: write "${text.name}"`)
  }
  const declaration = policies.get(text.name)
  const { numbers, choices, all } = readParameters(declaration, text)
  if (text.inner.length !== declaration.wraps) {
    throw new UsageError(
      `policy "${text.name}" wraps ${declaration.wraps} other ${declaration.wraps === 1 ? 'policy' : 'policies'}, ` +
        `got ${text.inner.length}: write for example "${example(declaration)}"`,
    )
  }
  const problem = declaration.problem?.(numbers, text.inner)
  if (problem !== undefined) throw new UsageError(`policy "${text.name}": ${problem}`)
  const inner = text.inner.map((innerText) => resolve(innerText, extension))
  const parts = (declaration.parts ?? []).map((part) => resolve(parsePolicyText(part), extension))
  return (service) => {
    const wrapped = inner.map((factory) => factory(service))
    const id = canonicalId(declaration, all, wrapped)
    return declaration.create(id, numbers, [...wrapped, ...parts.map((factory) => factory(service))], choices)
  }
}

interface ParameterValues {
  readonly numbers: Readonly<Record<string, number>>
  readonly choices: Readonly<Record<string, string>>
  /** Of both those that count, in the order of the declaration. */
  readonly all: Readonly<Record<string, number | string>>
}

function readParameters(declaration: PolicyDeclaration, text: PolicyText): ParameterValues {
  const known = declaration.parameters.map((parameter) => parameter.name)
  for (const name of text.parameters.keys()) {
    if (known.includes(name)) continue
    const hint = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    throw new UsageError(
      `policy "${declaration.name}" has no parameter "${name}"${didYouMean(name, known)}: ${hint}`,
    )
  }
  const numbers: Record<string, number> = {}
  const choices: Record<string, string> = {}
  for (const parameter of declaration.parameters) {
    const given = text.parameters.get(parameter.name)
    if (isChoice(parameter)) choices[parameter.name] = readChoice(declaration.name, parameter, given)
    else numbers[parameter.name] = readNumber(declaration.name, parameter, given)
  }
  const all: Record<string, number | string> = {}
  for (const parameter of declaration.parameters) {
    const { name } = parameter
    if (isChoice(parameter)) all[name] = choices[name]!
    else if (counts(parameter, choices)) all[name] = numbers[name]!
    else if (text.parameters.has(name)) throw idle(declaration.name, parameter, choices)
  }
  return { numbers, choices, all }
}

function counts({ onlyWith }: NumberParameter, choices: Readonly<Record<string, string>>): boolean {
  return onlyWith === undefined || onlyWith.words.includes(choices[onlyWith.choice]!)
}

function idle(
  policy: string,
  { name, onlyWith }: NumberParameter,
  choices: Readonly<Record<string, string>>,
): UsageError {
  const { choice, words } = onlyWith!
  return new UsageError(
    `policy "${policy}": ${name} does nothing with ${choice}=${choices[choice]}: ` +
      `leave it out, or use ${choice}=${words.join(' or ')}`,
  )
}

function readNumber(policy: string, parameter: NumberParameter, given: string | undefined): number {
  const { name, min, max, whole = false } = parameter
  if (given === undefined) return parameter.default
  const value = Number(given)
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value
  const wanted = `${name}${whole ? ' to be a whole number' : ''} from ${min} to ${max}`
  throw new UsageError(`policy "${policy}": expected ${wanted}, got ${given}`)
}

function readChoice(policy: string, parameter: ChoiceParameter, given: string | undefined): string {
  const { name, choices } = parameter
  if (given === undefined || choices.includes(given)) return given ?? parameter.default
  throw new UsageError(
    `policy "${policy}": expected ${name} to be ${choices.join(' or ')}, got ${given}${didYouMean(given, choices)}`,
  )
}

function canonicalId(
  declaration: PolicyDeclaration,
  parameters: Readonly<Record<string, number | string>>,
  inner: readonly Policy[],
): string {
  const words = [
    ...inner.map((policy) => policy.id),
    ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
  ]
  return words.length === 0 ? declaration.name : `${declaration.name}(${words.join(', ')})`
}

function example(declaration: PolicyDeclaration): string {
  const words = [
    ...Array.from({ length: declaration.wraps }, () => 'least-outstanding'),
    ...declaration.parameters.map((parameter) => `${parameter.name}=${parameter.default}`),
  ]
  return words.length === 0 ? declaration.name : `${declaration.name}(${words.join(', ')})`
}
