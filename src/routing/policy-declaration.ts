/** How a policy says what it is: one declaration feeds the parser, help, docs and the contract suite. */
import type { Listed } from '../core/index.ts'
import type { Policy } from './policy.ts'
import type { PolicyText } from './policy-text.ts'

export interface NumberParameter {
  readonly name: string
  readonly default: number
  readonly min: number
  readonly max: number
  /** Whether only whole numbers make sense. */
  readonly whole?: boolean
  /** It counts only where that choice is one of these words: where it would do nothing, it is refused. */
  readonly onlyWith?: { readonly choice: string; readonly words: readonly string[] }
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
  /** Texts of the policies that it is made of: `create` gets them behind the wrapped ones. */
  readonly parts?: readonly string[]
  /** An oracle: it knows what no balancer can see, and runs in the virtual world only. */
  readonly oracle?: boolean
  /** What is wrong with the parameters, or the policies that it would wrap, taken together. */
  problem?(parameters: Readonly<Record<string, number>>, inner: readonly PolicyText[]): string | undefined
  /** @param choices values of the parameters that are a choice of words */
  create(
    id: string,
    parameters: Readonly<Record<string, number>>,
    inner: readonly Policy[],
    choices: Readonly<Record<string, string>>,
  ): Policy
}
