/**
 * Weighted random: every eligible instance with probability weight / sum of the weights. No state, no ties. What a
 * weighted DNS record or an Envoy RANDOM cluster with weights does; the baseline of all weighted rules.
 */
import type { Random } from '../../core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const WEIGHT = instanceFeature('weight')

export const weightedRandom: PolicyDeclaration = {
  name: 'weighted-random',
  summary: 'an eligible instance at random, in proportion to the weights',
  parameters: [],
  wraps: 0,
  create: (id) => new WeightedRandom(id),
}

class WeightedRandom implements Policy {
  readonly id: string
  readonly version = '1'

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    let total = 0
    for (let i = 0; i < count; i++) {
      if (eligible[i] === 1) total += instances[i * INSTANCE_WIDTH + WEIGHT]!
    }
    let left = random() * total
    let chosen = -1
    for (let i = 0; i < count; i++) {
      propensities[i] = 0
      if (eligible[i] === 0) continue
      const weight = instances[i * INSTANCE_WIDTH + WEIGHT]!
      propensities[i] = weight / total
      // The last one takes what rounding leaves.
      if (left >= 0) chosen = i
      left -= weight
    }
    return chosen
  }
}
