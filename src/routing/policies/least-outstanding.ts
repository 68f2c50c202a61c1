/**
 * Least outstanding requests: argmin of the requests in flight, over all instances (join the shortest queue).
 *
 * Ties are broken uniformly at random: with a fixed order the first instance takes all traffic of a quiet system.
 * Among size-blind rules it is optimal for equal exponential FCFS servers (Winston 1977, Weber 1978).
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')

export const leastOutstanding: PolicyDeclaration = {
  name: 'least-outstanding',
  summary: 'the fewest requests in flight of all, random among equals',
  parameters: [],
  wraps: 0,
  create: (id) => new LeastOutstanding(id),
}

class LeastOutstanding implements Policy {
  readonly id: string
  readonly version = '1'

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    return chooseLowest(instances, eligible, count, random, propensities, INSTANCE_WIDTH, IN_FLIGHT)
  }
}
