/**
 * Consistent hashing with bounded load: requests of one affinity go to one instance, unless it has too much to do.
 *
 * Every instance has a score for every affinity, drawn by its hash and the instance's place in the list, and the
 * highest is preferred (rendezvous hashing: Thaler and Ravishankar 1998): no ring and no table, and an instance that
 * is added takes just its share, from all others alike. With weights the score is ln(u) / weight, so that each is
 * preferred in proportion. An instance is passed over for the next best if the request would bring it above
 *
 *     ceil(balanceFactor x (requests in flight + 1) x its share of the weights)
 *
 * (Mirrokni, Thorup and Zadimoghaddam 2018; HAProxy's hash-balance-factor, 125 %). Deterministic, so the propensity
 * of the choice is 1. Ties: the lowest index.
 */
import { keyedUniform, keyOf, mixKeys, type Random } from '../../core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const WEIGHT = instanceFeature('weight')

export const consistentHash: PolicyDeclaration = {
  name: 'consistent-hash',
  summary: 'the instance that the affinity hashes to, the next one if it has more than its share in flight',
  parameters: [
    {
      name: 'balanceFactor',
      default: 1.25,
      min: 1,
      max: 1000,
      summary: 'multiple of its fair share that an instance may have in flight',
    },
  ],
  wraps: 0,
  create: (id, { balanceFactor }) => new ConsistentHash(id, balanceFactor!),
}

class ConsistentHash implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #balanceFactor: number

  constructor(id: string, balanceFactor: number) {
    this.id = id
    this.#balanceFactor = balanceFactor
  }

  choose(observation: Observation, _random: Random, propensities: Float64Array): number {
    const { affinity, count, eligible, instances } = observation
    const perWeight = this.#mostPerWeight(observation)
    const key = keyOf(affinity)
    let preferred = -1
    let chosen = -1
    let highest = Number.NEGATIVE_INFINITY
    let highestWithRoom = Number.NEGATIVE_INFINITY
    for (let i = 0; i < count; i++) {
      propensities[i] = 0
      if (eligible[i] === 0) continue
      const row = i * INSTANCE_WIDTH
      const weight = instances[row + WEIGHT]!
      const score = Math.log(keyedUniform(mixKeys(key, i), 0)) / weight
      if (preferred === -1 || score > highest) {
        preferred = i
        highest = score
      }
      if (instances[row + IN_FLIGHT]! + 1 > Math.ceil(perWeight * weight)) continue
      if (chosen === -1 || score > highestWithRoom) {
        chosen = i
        highestWithRoom = score
      }
    }
    // The bounds add up to more than there is, so that one has room, but for the rounding of fractions.
    if (chosen === -1) chosen = preferred
    propensities[chosen] = 1
    return chosen
  }

  #mostPerWeight({ count, eligible, instances }: Observation): number {
    let inFlight = 0
    let weights = 0
    for (let i = 0; i < count; i++) {
      if (eligible[i] === 0) continue
      inFlight += instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
      weights += instances[i * INSTANCE_WIDTH + WEIGHT]!
    }
    return (this.#balanceFactor * (inFlight + 1)) / weights
  }
}
