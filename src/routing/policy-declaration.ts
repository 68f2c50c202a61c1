/** How a policy says what it is: one declaration feeds the parser, help, docs and the contract suite. */
import type { Listed } from '../core/index.ts'
import type { Policy } from './policy.ts'

export interface NumberParameter {
  readonly name: string
  readonly default: number
  readonly min: number
  readonly max: number
  readonly summary: string
}

export interface ChoiceParameter {
  readonly name: string
  readonly default: string
  readonly choices: readonly string[]
  readonly summary: string
}

export type PolicyParameter = NumberParameter | ChoiceParameter

export function isChoice(parameter: PolicyParameter): parameter is ChoiceParameter {
  return 'choices' in parameter
}

export interface PolicyDeclaration extends Listed {
  readonly parameters: readonly PolicyParameter[]
  /** How many policies it wraps. */
  readonly wraps: number
  /** An oracle: it knows what no balancer can see, and runs in the virtual world only. */
  readonly oracle?: boolean
  /** @param choices values of the parameters that are a choice of words */
  create(
    id: string,
    parameters: Readonly<Record<string, number>>,
    inner: readonly Policy[],
    choices: Readonly<Record<string, string>>,
  ): Policy
}
