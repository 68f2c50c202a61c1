/**
 * A policy that keeps some instances from the one that it wraps: circuit breakers, outlier ejection, health checks.
 *
 * The wrapped policy chooses among those that are left, so its propensities are those of the whole. If nobody is left
 * there are two ways. `fail-open` lets the wrapped policy see all: a verdict on everybody says more about the judge, or
 * about something that all of them need, than about an instance (Envoy's panic mode). `shed` refuses the request.
 */
import type { Random } from '../../core/index.ts'
import type { Observation, Policy } from '../policy.ts'
import type { ChoiceParameter } from '../policy-declaration.ts'
import { MaskedObservation } from './masked-observation.ts'
import { WrappedPolicy } from './wrapped-policy.ts'

/** How a masking policy declares what it does when nobody is left. */
export function whenAllOut(usual: 'fail-open' | 'shed'): ChoiceParameter {
  return {
    name: 'allOut',
    default: usual,
    choices: ['fail-open', 'shed'],
    summary: 'with all instances out: let all in, or shed the request',
  }
}

export abstract class MaskingPolicy extends WrappedPolicy {
  readonly #shedsWhenAllOut: boolean
  readonly #left = new MaskedObservation()
  /** Instances at the last decision. */
  protected count = 0

  /** @param allOut value of the parameter that `whenAllOut` declares */
  constructor(id: string, rule: string, inner: Policy, allOut: string) {
    super(id, rule, inner)
    this.#shedsWhenAllOut = allOut === 'shed'
  }

  override choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, nowMs } = observation
    this.count = count
    if (!this.keepsAnyOut(nowMs)) return this.inner.choose(observation, random, propensities)
    const left = this.#left
    left.lookAt(observation)
    for (let i = 0; i < count; i++) {
      if (eligible[i] === 1 && this.keepsOut(i, nowMs)) left.keepOut(i)
    }
    if (left.left > 0) return this.inner.choose(left, random, propensities)
    if (!this.#shedsWhenAllOut) return this.inner.choose(observation, random, propensities)
    propensities.fill(0, 0, count)
    return -1
  }

  /** Whether it is worth asking of each. Where mostly nobody is out, knowing that spares most of the work. */
  protected keepsAnyOut(_nowMs: number): boolean {
    return true
  }

  protected abstract keepsOut(instance: number, nowMs: number): boolean
}
