/** A policy as a log needs it, on the other side of a thread: who it is, and what it said of its last decision. */
import type { Decider } from '../../experience/index.ts'
import type { ShadowDecision, StrategyDecision } from '../../routing/index.ts'

/** Plain data, so that it can cross to another thread. */
export interface DeciderDescription {
  readonly id: string
  readonly version: string
  /** Names of its strategies, if it has any. */
  readonly strategies: readonly string[] | undefined
  readonly shadow: { readonly id: string; readonly version: string } | undefined
}

export function describeDecider({ id, version, strategy, shadow }: Decider): DeciderDescription {
  return { id, version, strategies: strategy?.names, shadow: shadow?.policy }
}

/** What a policy says of its decision beyond the instance: writes it at `at` and returns the place behind it. */
export function writeDecider(
  batch: Float64Array,
  at: number,
  decider: Decider | undefined,
  count: number,
): number {
  let end = at
  const strategy = decider?.strategy
  if (strategy !== undefined) {
    batch[end++] = strategy.index
    for (let i = 0; i < strategy.names.length; i++) batch[end++] = strategy.propensities[i]!
  }
  const shadow = decider?.shadow
  if (shadow !== undefined) {
    batch[end++] = shadow.index
    for (let i = 0; i < count; i++) batch[end++] = shadow.propensities[i]!
  }
  return end
}

export class DeciderCopy implements Decider {
  readonly id: string
  readonly version: string
  readonly strategy?: StrategyDecision
  readonly shadow?: ShadowDecision
  readonly #strategy: { index: number; names: readonly string[]; propensities: Float64Array } | undefined
  readonly #shadow:
    | { index: number; policy: ShadowDecision['policy']; propensities: Float64Array }
    | undefined

  constructor({ id, version, strategies, shadow }: DeciderDescription) {
    this.id = id
    this.version = version
    if (strategies !== undefined) {
      const propensities = new Float64Array(strategies.length)
      this.strategy = this.#strategy = { index: 0, names: strategies, propensities }
    }
    if (shadow !== undefined) {
      this.shadow = this.#shadow = { index: 0, policy: shadow, propensities: new Float64Array(0) }
    }
  }

  /** Reads what `writeDecider` wrote at `at` for `count` instances, and returns the place behind it. */
  read(batch: Float64Array, at: number, count: number): number {
    let end = at
    if (this.#strategy !== undefined) {
      const { propensities } = this.#strategy
      this.#strategy.index = batch[end++]!
      for (let i = 0; i < propensities.length; i++) propensities[i] = batch[end++]!
    }
    if (this.#shadow !== undefined) {
      if (this.#shadow.propensities.length < count) this.#shadow.propensities = new Float64Array(count)
      this.#shadow.index = batch[end++]!
      for (let i = 0; i < count; i++) this.#shadow.propensities[i] = batch[end++]!
    }
    return end
  }
}
