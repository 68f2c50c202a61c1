/**
 * Round robin: i <- i + 1 mod N over the eligible instances.
 *
 * Deterministic given its pointer, so the propensity of the choice is 1. Ties: none.
 */
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

export const roundRobin: PolicyDeclaration = {
  name: 'round-robin',
  summary: 'each eligible instance in turn',
  parameters: [],
  wraps: 0,
  create: (id) => new RoundRobin(id),
}

class RoundRobin implements Policy {
  readonly id: string
  readonly version = '1'
  #last = -1

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, _random: unknown, propensities: Float64Array): number {
    const { count, eligible } = observation
    propensities.fill(0, 0, count)
    let next = this.#last
    do {
      next = next + 1 >= count ? 0 : next + 1
    } while (eligible[next] === 0)
    this.#last = next
    propensities[next] = 1
    return next
  }
}
