/**
 * Least work left, an oracle: argmin of the time at which the request would be done, if the work that is left of the
 * others were spread evenly over the workers and came first,
 *
 *     (work left / workers + own work) / speed
 *
 * with the true speed of this moment. Its own work decides only among unequal speeds. With one worker each, first
 * come first served and equal speeds, it is the central queue M/G/N, job by job: the bound of every rule that cannot
 * change the order. With several workers it is a poor estimate: one long job makes a replica look full whose other
 * workers are idle. Eight replicas of four cores are a third slower by it than by counting; see `least-added-delay`.
 *
 * Ties are broken uniformly at random. An instance that stands still is worst, whatever it has.
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { truthOf } from '../oracle.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

export const leastWorkLeft: PolicyDeclaration = {
  name: 'least-work-left',
  summary: 'oracle: where the work that is left and its own are done first',
  parameters: [],
  wraps: 0,
  oracle: true,
  create: (id) => new LeastWorkLeft(id),
}

class LeastWorkLeft implements Policy {
  readonly id: string
  readonly version = '1'
  readonly needsTruth = true
  readonly #doneInMs = new ScoreBuffer()

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible } = observation
    const { speeds, workers, workLeftMs, workMs } = truthOf(observation, this.id)
    const doneInMs = this.#doneInMs.of(count)
    for (let i = 0; i < count; i++) {
      doneInMs[i] = (workLeftMs[i]! / workers[i]! + workMs) / speeds[i]!
    }
    return chooseLowest(doneInMs, eligible, count, random, propensities)
  }
}
