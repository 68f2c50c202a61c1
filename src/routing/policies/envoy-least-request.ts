/**
 * Envoy's LEAST_REQUEST (least_request.proto, load_balancer_impl.cc, edf_scheduler.h).
 *
 * With equal weights: `choices` eligible instances drawn with replacement, the fewest in flight of them; a tie keeps
 * the first draw. With unequal ones: earliest deadline first. Of the eligible instances the one with the earliest
 * deadline is picked (a tie: the one that was put back first) and put back with
 *
 *     deadline = now + (in flight + 1)^bias / weight
 *
 * where now is the deadline that was just picked. The others keep the deadline that they got when they were picked
 * last, however their load has changed since: that is what makes it cheap, and coarser than a scan. bias 0 is weighted
 * round robin. Envoy builds the queue anew when an instance comes or goes; here one that was away comes back with the
 * deadline it had, at most one pick too early.
 */
import type { Random } from '../../core/index.ts'
import { LowestOfDraws } from '../choosing/lowest-of-draws.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const WEIGHT = instanceFeature('weight')

export class EnvoyLeastRequest implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #bias: number
  readonly #draws: LowestOfDraws
  readonly #inFlight = new ScoreBuffer()
  /** By instance, in the time of the scheduler. */
  readonly #deadlines: number[] = []
  /** By instance: its number in the order in which they were put back. */
  readonly #turns: number[] = []
  #now = 0
  #turn = 0

  constructor(id: string, bias: number, choices: number) {
    this.id = id
    this.#bias = bias
    this.#draws = new LowestOfDraws(choices, false)
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    if (!haveEqualWeights(observation)) return this.#earliest(observation, propensities)
    const inFlight = this.#inFlight.of(count)
    for (let i = 0; i < count; i++) inFlight[i] = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
    return this.#draws.choose(inFlight, eligible, count, random, propensities)
  }

  #earliest(observation: Observation, propensities: Float64Array): number {
    const { count, eligible } = observation
    for (let i = this.#deadlines.length; i < count; i++) this.#putBack(i, observation)
    let first = -1
    for (let i = 0; i < count; i++) {
      propensities[i] = 0
      if (eligible[i] === 1 && (first === -1 || this.#isBefore(i, first))) first = i
    }
    this.#now = Math.max(this.#now, this.#deadlines[first]!)
    this.#putBack(first, observation)
    propensities[first] = 1
    return first
  }

  #isBefore(instance: number, other: number): boolean {
    const difference = this.#deadlines[instance]! - this.#deadlines[other]!
    return difference < 0 || (difference === 0 && this.#turns[instance]! < this.#turns[other]!)
  }

  #putBack(instance: number, { instances }: Observation): void {
    const row = instance * INSTANCE_WIDTH
    const cost = (instances[row + IN_FLIGHT]! + 1) ** this.#bias / instances[row + WEIGHT]!
    this.#deadlines[instance] = this.#now + cost
    this.#turns[instance] = this.#turn++
  }
}

function haveEqualWeights({ count, eligible, instances }: Observation): boolean {
  let weight = Number.NaN
  for (let i = 0; i < count; i++) {
    if (eligible[i] === 0) continue
    const own = instances[i * INSTANCE_WIDTH + WEIGHT]!
    if (Number.isNaN(weight)) weight = own
    else if (own !== weight) return false
  }
  return true
}
