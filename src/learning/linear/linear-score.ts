/**
 * The linear score of every candidate, computed in one pass: cost_i = w . phi_i, phi as in `linear-features.ts`.
 *
 *     n: requests in flight; W: expected work in flight / mean work; s: slowness / mean slowness of the candidates
 *     dear = max(0, 1 - mean work / expected work of the request)
 *     capacity_i = (1 - share of failures of the last seconds) / s; the candidates in their order share out the fleet
 *     [0, 1] by capacity: candidate i has [low, high]. SITA gives a route [from, to]: from = share of the work that comes
 *     from cheaper routes, to = from + its own share
 *
 * No allocation per decision. What is not known counts as nothing, but for the requests in flight.
 */
import { contextFeature, INSTANCE_WIDTH, instanceFeature, type Observation } from '../../routing/index.ts'
import type { LinearWeights } from './linear-weights.ts'

const MEAN_WORK = contextFeature('meanWorkMs')
const ROUTE_WORK = contextFeature('workMs')
const CHEAPER_SHARE = contextFeature('cheaperWorkShare')
const OWN_SHARE = contextFeature('ownWorkShare')
const IN_FLIGHT = instanceFeature('inFlight')
const ERROR_RATE = instanceFeature('errorRate')
const WORK = instanceFeature('workMs')
const SLOWNESS = instanceFeature('slowness')
const RECENT_ERROR_RATE = instanceFeature('recentErrorRate')

/** A slower instance than this counts as this slow: a mean over few answers may be anything. */
const SLOWEST = 10
const FASTEST = 0.1
/** The dearer requests cannot do with less capacity than their share / (1 + this): at load 0.8 they would wait for ever. */
const MOST_OVERLOAD = 0.25

export class LinearScore {
  readonly #weights: LinearWeights
  /** Whether the place in the fleet counts for dear requests, and for any. */
  readonly #dearPlaces: boolean
  readonly #places: boolean
  /** Shape [count]: slowness over the mean of the candidates. */
  #relative = new Float64Array(8)

  constructor(weights: LinearWeights) {
    this.#weights = weights
    this.#dearPlaces = weights.misplaced !== 0 || weights.straddling !== 0
    this.#places = weights.crowding !== 0
  }

  /**
   * @param costs shape [count or more], overwritten where an instance may be chosen; lower is better
   * @returns false if the requests in flight of a candidate are not known: then there is nothing to go by
   */
  score(observation: Observation, costs: Float64Array): boolean {
    const { count, context, instances, eligible } = observation
    const weights = this.#weights
    this.#readSlowness(observation)
    const relative = this.#relative
    const meanWork = context[MEAN_WORK]!
    const workScale = meanWork > 0 ? 1 / meanWork : 0
    const relativeWork = context[ROUTE_WORK]! * workScale
    const dear = relativeWork > 1 ? 1 - 1 / relativeWork : 0
    const perWork = weights.work + dear * weights.dearWork
    const { inFlight, slowness, inFlightSlowness, workSlowness, recentErrors, errors } = weights
    let known = true
    for (let i = 0, at = 0; i < count; i++, at += INSTANCE_WIDTH) {
      if (eligible[i] === 0) continue
      const n = instances[at + IN_FLIGHT]!
      if (!(n >= 0)) known = false
      const workMs = instances[at + WORK]!
      const work = workMs > 0 ? workMs * workScale : 0
      const slower = relative[i]! - 1
      let cost =
        inFlight * n + perWork * work + slower * (slowness + inFlightSlowness * n + workSlowness * work)
      const recent = instances[at + RECENT_ERROR_RATE]!
      if (recent > 0) cost += recentErrors * recent * recent
      const errorRate = instances[at + ERROR_RATE]!
      if (errorRate > 0) cost += errors * errorRate * errorRate
      costs[i] = cost
    }
    if (this.#places || (this.#dearPlaces && dear > 0)) this.#addPlaces(observation, dear, costs)
    return known
  }

  #readSlowness({ count, instances, eligible }: Observation): void {
    if (this.#relative.length < count) this.#relative = new Float64Array(2 * count)
    const relative = this.#relative
    let sum = 0
    let known = 0
    for (let i = 0, at = SLOWNESS; i < count; i++, at += INSTANCE_WIDTH) {
      const slowness = instances[at]!
      if (eligible[i] === 0 || !(slowness > 0)) continue
      sum += slowness
      known++
    }
    const scale = known / sum
    for (let i = 0, at = SLOWNESS; i < count; i++, at += INSTANCE_WIDTH) {
      relative[i] = bounded(instances[at]! * scale)
    }
  }

  /** Adds what the place of each instance in the fleet costs. */
  #addPlaces({ count, context, instances, eligible }: Observation, dear: number, costs: Float64Array): void {
    const { misplaced, straddling, crowding } = this.#weights
    const relative = this.#relative
    const from = context[CHEAPER_SHARE]!
    const to = from + context[OWN_SHARE]!
    let all = 0
    for (let i = 0; i < count; i++) if (eligible[i] === 1) all += capacity(instances, i, relative[i]!)
    let before = 0
    for (let i = 0; i < count; i++) {
      if (eligible[i] === 0) continue
      const low = before / all
      before += capacity(instances, i, relative[i]!)
      const high = before / all
      if (high <= from) costs[i]! += misplaced * dear
      else if (low < from) costs[i]! += straddling * dear * affordable(low, from, high)
      else if (low > to) costs[i]! += crowding * (low - to)
    }
  }
}

function capacity(instances: Float64Array, index: number, relative: number): number {
  const failing = instances[index * INSTANCE_WIDTH + RECENT_ERROR_RATE]!
  return (failing > 0 ? 1 - failing : 1) / relative
}

/**
 * An instance has the share of the capacity from `low` to `high`, of which what is below `from` is for cheaper requests:
 * that part of it, times how little more than their share the instances behind it would have to do without it.
 */
function affordable(low: number, from: number, high: number): number {
  const overload = (high - from) / (1 - high)
  return overload < MOST_OVERLOAD ? ((from - low) / (high - low)) * (1 - overload / MOST_OVERLOAD) : 0
}

/** What is not known is as good as the mean. */
function bounded(slowness: number): number {
  if (!(slowness > 0)) return 1
  return slowness > SLOWEST ? SLOWEST : slowness < FASTEST ? FASTEST : slowness
}
