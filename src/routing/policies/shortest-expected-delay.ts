/**
 * Shortest expected delay, an oracle: argmin of the time that the request would take if all work were of one size,
 *
 *     max(1, (in flight + 1) / workers) / speed
 *
 * with the true speed of this moment. That is the rule for c workers: below c in flight the request has a worker to
 * itself; beyond, the c workers go through what is there (FCFS) or share themselves among it (processor sharing),
 * which comes to the same mean. With one worker it is the classical (n + 1) / speed (Banawan and Zahorjan 1989).
 *
 * Ties are broken uniformly at random. An instance that stands still is worst, whatever it has.
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import { truthOf } from '../oracle.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')

export const shortestExpectedDelay: PolicyDeclaration = {
  name: 'shortest-expected-delay',
  summary: 'oracle: the fewest requests in flight per worker and true speed',
  parameters: [],
  wraps: 0,
  oracle: true,
  create: (id) => new ShortestExpectedDelay(id),
}

class ShortestExpectedDelay implements Policy {
  readonly id: string
  readonly version = '1'
  readonly needsTruth = true
  readonly #delays = new ScoreBuffer()

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    const { speeds, workers } = truthOf(observation, this.id)
    const delays = this.#delays.of(count)
    for (let i = 0; i < count; i++) {
      const inFlight = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
      delays[i] = Math.max(1, (inFlight + 1) / workers[i]!) / speeds[i]!
    }
    return chooseLowest(delays, eligible, count, random, propensities)
  }
}
