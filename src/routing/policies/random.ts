/** Random: uniform over the eligible instances. The baseline that theory knows best: N independent queues. */
import type { Random } from '../../core/index.ts'
import { countEligible, nthEligible } from '../choosing/eligible.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

export const random: PolicyDeclaration = {
  name: 'random',
  summary: 'uniform over the eligible instances',
  parameters: [],
  wraps: 0,
  create: (id) => new UniformRandom(id),
}

class UniformRandom implements Policy {
  readonly id: string
  readonly version = '1'

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible } = observation
    const candidates = countEligible(eligible, count)
    for (let i = 0; i < count; i++) propensities[i] = eligible[i]! / candidates
    return nthEligible(eligible, Math.floor(random() * candidates))
  }
}
