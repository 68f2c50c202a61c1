/**
 * What a balancer sees, with some of the instances kept out: how a wrapper narrows the choice of the wrapped policy.
 *
 * It shares everything with the observation that it looks at but `eligible`, which is its own. One per wrapper is
 * reused for all decisions. The context still counts all that the balancer let in: recorded and served are the same
 * numbers.
 */
import type { Observation, Truth } from '../policy.ts'

export class MaskedObservation implements Observation {
  service = ''
  nowMs = 0
  count = 0
  context: Float64Array = new Float64Array(0)
  instances: Float64Array = new Float64Array(0)
  eligible = new Uint8Array(0)
  affinity = ''
  truth: Truth | undefined
  #left = 0

  /** Instances that may still be chosen. */
  get left(): number {
    return this.#left
  }

  /** Looks at `observation`, with nobody kept out yet. */
  lookAt(observation: Observation): void {
    const { count, eligible } = observation
    this.service = observation.service
    this.nowMs = observation.nowMs
    this.count = count
    this.context = observation.context
    this.instances = observation.instances
    this.affinity = observation.affinity
    this.truth = observation.truth
    // Exactly as long, so that nothing of a longer observation is left behind the end.
    if (this.eligible.length !== count) this.eligible = new Uint8Array(count)
    this.#left = 0
    for (let i = 0; i < count; i++) {
      this.eligible[i] = eligible[i]!
      this.#left += eligible[i]!
    }
  }

  keepOut(instance: number): void {
    this.#left -= this.eligible[instance]!
    this.eligible[instance] = 0
  }
}
