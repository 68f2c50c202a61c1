/** From a policy's text to the policies of a run. */
import { didYouMean, UsageError } from '../core/index.ts'
import { policies } from './policies/index.ts'
import type { Policy } from './policy.ts'
import type { PolicyDeclaration } from './policy-declaration.ts'
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
  const parameters = readParameters(declaration, text)
  if (text.inner.length !== declaration.wraps) {
    throw new UsageError(
      `policy "${text.name}" wraps ${declaration.wraps} other ${declaration.wraps === 1 ? 'policy' : 'policies'}, ` +
        `got ${text.inner.length}: write for example "${example(declaration)}"`,
    )
  }
  const inner = text.inner.map((innerText) => resolve(innerText, extension))
  return (service) => {
    const wrapped = inner.map((factory) => factory(service))
    return declaration.create(canonicalId(declaration, parameters, wrapped), parameters, wrapped)
  }
}

function readParameters(declaration: PolicyDeclaration, text: PolicyText): Record<string, number> {
  const known = declaration.parameters.map((parameter) => parameter.name)
  for (const name of text.parameters.keys()) {
    if (known.includes(name)) continue
    const hint = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    throw new UsageError(
      `policy "${declaration.name}" has no parameter "${name}"${didYouMean(name, known)}: ${hint}`,
    )
  }
  return Object.fromEntries(
    declaration.parameters.map((parameter) => {
      const value = text.parameters.get(parameter.name) ?? parameter.default
      if (value < parameter.min || value > parameter.max) {
        throw new UsageError(
          `policy "${declaration.name}": expected ${parameter.name} from ${parameter.min} to ${parameter.max}, got ${value}`,
        )
      }
      return [parameter.name, value]
    }),
  )
}

function canonicalId(
  declaration: PolicyDeclaration,
  parameters: Readonly<Record<string, number>>,
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
