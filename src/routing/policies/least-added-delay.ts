/**
 * Least added delay, an oracle: argmin of the time by which all requests together take longer if the instance gets this
 * one too and no other comes after it: its own time there, and what it costs the others. Both follow from the true
 * sizes of all that is there, its own, and the true speed of this moment.
 *
 * Under first come first served it costs the others nothing, so it goes where it is done first; at equal speeds that is
 * the central queue M/G/N job by job, with any number of workers per instance. Under processor sharing it spares
 * the short ones that are nearly done. It looks no further than that, so it is no bound, but among the rules that do
 * not plan ahead none knows more.
 *
 * Ties are broken uniformly at random. An instance that stands still is worst, whatever it has.
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { truthOf } from '../oracle.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

export const leastAddedDelay: PolicyDeclaration = {
  name: 'least-added-delay',
  summary: 'oracle: where all requests together take least longer',
  parameters: [],
  wraps: 0,
  oracle: true,
  create: (id) => new LeastAddedDelay(id),
}

class LeastAddedDelay implements Policy {
  readonly id: string
  readonly version = '1'
  readonly needsTruth = true

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible } = observation
    return chooseLowest(truthOf(observation, this.id).addedMs, eligible, count, random, propensities)
  }
}
