/**
 * One step of nginx's smooth weighted round robin (ngx_http_upstream_round_robin.c): every candidate gains its
 * effective weight, the one with the highest sum is chosen and pays what all have gained. An effective weight that
 * failures have lowered grows back by 1 at every step. Weights 5, 1, 1 give a a b a c a a. Ties: the lowest index.
 */
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'

const WEIGHT = instanceFeature('weight')

export class SmoothWeights {
  readonly #weights: number[] = []
  readonly #effective: number[] = []
  readonly #current: number[] = []

  /**
   * @param instances rows of an observation
   * @param candidates shape [count]; at least one is 1
   */
  step(instances: Float64Array, candidates: Uint8Array, count: number): number {
    this.#admit(instances, count)
    let total = 0
    let best = -1
    for (let i = 0; i < count; i++) {
      if (candidates[i] === 0) continue
      const effective = this.#effective[i]!
      const current = this.#current[i]! + effective
      this.#current[i] = current
      total += effective
      this.#effective[i] = Math.min(effective + 1, this.#weights[i]!)
      if (best === -1 || current > this.#current[best]!) best = i
    }
    this.#current[best]! -= total
    return best
  }

  /** Takes `weight / maxFails` off the effective weight, in whole numbers as in C; it does not fall below 0. */
  onFailure(instance: number, maxFails: number): void {
    if (instance >= this.#weights.length) return
    const decay = Math.trunc(this.#weights[instance]! / maxFails)
    this.#effective[instance] = Math.max(0, this.#effective[instance]! - decay)
  }

  #admit(instances: Float64Array, count: number): void {
    for (let i = this.#weights.length; i < count; i++) {
      const weight = instances[i * INSTANCE_WIDTH + WEIGHT]!
      this.#weights.push(weight)
      this.#effective.push(weight)
      this.#current.push(0)
    }
  }
}
