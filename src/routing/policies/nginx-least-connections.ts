/**
 * nginx' least_conn (ngx_http_upstream_least_conn_module.c): the fewest requests in flight per weight, compared by
 * cross-multiplication. Among equals, and only there, a step of the smooth weighted round robin decides. Without
 * max_fails: `smooth-weighted-round-robin` has that, and a circuit breaker does it for any policy.
 */
import type { Random } from '../../core/index.ts'
import { SmoothWeights } from '../choosing/smooth-weights.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const WEIGHT = instanceFeature('weight')

export class NginxLeastConnections implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #weights = new SmoothWeights()
  /** Shape [count or more]: 1 for those that have the fewest per weight. */
  #tied = new Uint8Array(0)

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, _random: Random, propensities: Float64Array): number {
    const { count, instances } = observation
    const fewest = this.#findFewest(observation)
    const chosen = fewest === -1 ? this.#weights.step(instances, this.#tied, count) : fewest
    propensities.fill(0, 0, count)
    propensities[chosen] = 1
    return chosen
  }

  /** Fills `#tied`. Returns the only one that has the fewest, or -1 if there are several. */
  #findFewest({ count, eligible, instances }: Observation): number {
    if (this.#tied.length < count) this.#tied = new Uint8Array(2 * count)
    const tied = this.#tied
    let best = -1
    let ties = 0
    for (let i = 0; i < count; i++) {
      tied[i] = 0
      if (eligible[i] === 0) continue
      const difference = best === -1 ? -1 : perWeight(instances, i, best)
      if (difference > 0) continue
      if (difference < 0) {
        tied.fill(0, 0, i)
        best = i
        ties = 0
      }
      tied[i] = 1
      ties++
    }
    return ties === 1 ? best : -1
  }
}

/** Below 0 if `a` has fewer requests in flight per weight than `b`, 0 if both have the same. */
function perWeight(instances: Float64Array, a: number, b: number): number {
  const [rowA, rowB] = [a * INSTANCE_WIDTH, b * INSTANCE_WIDTH]
  return (
    instances[rowA + IN_FLIGHT]! * instances[rowB + WEIGHT]! -
    instances[rowB + IN_FLIGHT]! * instances[rowA + WEIGHT]!
  )
}
