/**
 * HAProxy's leastconn (lb_fwlc.c): the lowest key, where with n requests in flight and weights from 1 to 256
 *
 *     key = n = 0 ? 0 : floor((n + 1) x 256 / weight)
 *
 * An idle instance comes first whatever its weight. HAProxy keeps the instances in a tree by key and puts one behind
 * its equals whenever its key changes: so of equal ones the one is chosen that has been where it is for longest, which
 * is round robin. Ties of the very start: the lowest index.
 */
import type { Random } from '../../core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy, PolicyOutcome } from '../policy.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const WEIGHT = instanceFeature('weight')
const MOST_WEIGHT = 256

export class HaproxyLeastConnections implements Policy {
  readonly id: string
  readonly version = '1'
  /** By instance: its number in the order in which they were put into the tree. */
  readonly #turns: number[] = []
  #turn = 0

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, _random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    let chosen = -1
    let lowest = 0
    for (let i = 0; i < count; i++) {
      propensities[i] = 0
      if (eligible[i] === 0) continue
      const row = i * INSTANCE_WIDTH
      const key = haproxyKey(instances[row + IN_FLIGHT]!, instances[row + WEIGHT]!)
      if (chosen === -1 || key < lowest || (key === lowest && this.#turnOf(i) < this.#turnOf(chosen))) {
        chosen = i
        lowest = key
      }
    }
    propensities[chosen] = 1
    return chosen
  }

  onStart(instance: number): void {
    this.#putBehindEquals(instance)
  }

  onOutcome({ instance }: PolicyOutcome): void {
    this.#putBehindEquals(instance)
  }

  #putBehindEquals(instance: number): void {
    while (this.#turns.length <= instance) this.#turns.push(0)
    this.#turns[instance] = ++this.#turn
  }

  #turnOf(instance: number): number {
    return this.#turns[instance] ?? 0
  }
}

export function haproxyKey(inFlight: number, weight: number): number {
  return inFlight === 0 ? 0 : Math.floor(((inFlight + 1) * MOST_WEIGHT) / weight)
}
