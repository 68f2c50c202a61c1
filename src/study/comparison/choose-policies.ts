/** Which policies a comparison is of: from what somebody typed to a list of texts. */
import { LoadgenError, UsageError } from '../../core/index.ts'
import { type PolicyDeclaration, type PolicyText, parsePolicyText, policies } from '../../routing/index.ts'
import { type Scenario, SERVICES } from '../../scenario/index.ts'
import { resolvePolicy } from '../policies.ts'
import type { ComparedKind } from './comparison.ts'

/** Stands for all that a balancer could go by here. */
export const ALL_POLICIES = 'all'
/** Among the rules that do not plan ahead, none knows more. */
export const ORACLE = 'least-added-delay'
/** It knows speeds and sizes, but not who will fail: where something may, it also has what balancers have for that. */
const CAREFUL_ORACLE = `circuit-breaker(${ORACLE})`
/** They are made for other ends than latency: to keep keys together, and to gather data. */
const OTHER_ENDS = ['consistent-hash', 'strategies']
/** With what it is by default it is power-of-two-choices. */
const SAME_BY_DEFAULT = ['power-of-d-choices']
/** Without weights they are the same as another one. */
const FOR_WEIGHTS = ['smooth-weighted-round-robin', 'weighted-random']

/** `a,b(c, x=1),model:dir` at the commas that are in no brackets. */
export function splitPolicies(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const letter of text) {
    if (letter === ',' && depth === 0) {
      parts.push(part)
      part = ''
      continue
    }
    if (letter === '(') depth++
    if (letter === ')') depth--
    part += letter
  }
  return [...parts, part].map((name) => name.trim()).filter((name) => name !== '')
}

/** Puts what `all` stands for in its place, and names nothing twice. */
export function expandPolicies(texts: readonly string[], scenario: Scenario): string[] {
  const expanded = texts.flatMap((text) => (text === ALL_POLICIES ? everyPolicy(scenario) : [text]))
  return [...new Set(expanded)]
}

/** The oracles of a scenario. */
export function oraclesOf({ faults, chaos }: Pick<Scenario, 'faults' | 'chaos'>): string[] {
  return faults.length + chaos.length === 0 ? [ORACLE] : [ORACLE, CAREFUL_ORACLE]
}

/** By what a policy is or wraps. A name that is none of the texts that policies have, such as "learned", is a model's. */
export function kindOf(policy: string): ComparedKind {
  try {
    return kindOfText(parsePolicyText(policy))
  } catch (error) {
    if (error instanceof LoadgenError) return 'model'
    throw error
  }
}

function kindOfText({ name, inner }: PolicyText): ComparedKind {
  const kinds = inner.map(kindOfText)
  const declaration = policies.find(name)
  if (declaration?.oracle === true || kinds.includes('oracle')) return 'oracle'
  return declaration === undefined || kinds.includes('model') ? 'model' : 'heuristic'
}

/** What a policy is, whatever it is called: equal for texts that mean the same, and different for a changed model. */
export function policyIdentity(text: string): { readonly id: string; readonly version: string } {
  const { id, version } = resolvePolicy(text)(SERVICES[0])
  return { id, version }
}

function everyPolicy(scenario: Scenario): string[] {
  return [...scenario.evaluation.policies, ...policies.all.filter(fits(scenario)).map(({ name }) => name)]
}

function fits({ shop }: Scenario): (policy: PolicyDeclaration) => boolean {
  const weighted = SERVICES.some((service) => new Set(shop.services[service].weights).size > 1)
  return ({ name, wraps, oracle }) =>
    wraps === 0 &&
    oracle !== true &&
    ![...OTHER_ENDS, ...SAME_BY_DEFAULT].includes(name) &&
    (weighted || !FOR_WEIGHTS.includes(name))
}

/** @throws UsageError for what is no policy, or no list of them */
export function requirePolicies(texts: readonly string[]): void {
  if (texts.length === 0) {
    throw new UsageError(
      'nothing to compare: name policies, for example "all" or "least-outstanding,model:DIR"',
    )
  }
  for (const text of texts) resolvePolicy(text)
}
