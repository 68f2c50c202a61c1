/** How a policy says what it is: one declaration feeds the parser, help, docs and the contract suite. */
import type { Listed } from '../core/index.ts'
import type { Policy } from './policy.ts'

export interface PolicyParameter {
  readonly name: string
  readonly default: number
  readonly min: number
  readonly max: number
  readonly summary: string
}

export interface PolicyDeclaration extends Listed {
  readonly parameters: readonly PolicyParameter[]
  /** How many policies it wraps. */
  readonly wraps: number
  create(id: string, parameters: Readonly<Record<string, number>>, inner: readonly Policy[]): Policy
}
