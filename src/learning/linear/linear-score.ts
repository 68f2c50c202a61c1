/**
 * The linear score of every candidate, computed in one pass: cost_i = w . phi_i, phi as in `linear-features.ts`.
 *
 *     n: requests in flight; W: expected work in flight / mean work; s: slowness / mean slowness of the candidates
 *     dear = max(0, 1 - mean work / expected work of the request)
 *     capacity_i = (1 - share of failures of the last seconds) / s; the candidates in their order share out the fleet
 *     [0, 1] by capacity: candidate i has [low, high]. SITA gives a route [from, to]: from = share of the work that comes
 *     from cheaper routes, to = from + its own share
 *
 * No allocation per decision. What is not known counts as nothing, but for the requests in flight, and for their work: if
 * that is not known, each is taken for a mean one.
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

/** Of a place in the fleet. */
const ROUNDING = 1e-9

export class LinearScore {
  readonly #weights: LinearWeights
  /** Whether the place in the fleet counts for dear requests, and for any. */
  readonly #dearPlaces: boolean
  readonly #places: boolean
  /** Shape [count], of the candidates: how much of the fleet each is, not yet divided by all of it. */
  #capacities = new Float64Array(8)

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
    if (this.#capacities.length < count) this.#capacities = new Float64Array(2 * count)
    const capacities = this.#capacities
    const weights = this.#weights
    const { inFlight, slowness, inFlightSlowness, workSlowness, recentErrors, errors } = weights
    const slownessScale = meanSlownessInverse(observation)
    const meanWork = context[MEAN_WORK]!
    const workScale = meanWork > 0 ? 1 / meanWork : 0
    const relativeWork = context[ROUTE_WORK]! * workScale
    const dear = relativeWork > 1 ? 1 - 1 / relativeWork : 0
    const perWork = weights.work + dear * weights.dearWork
    let known = true
    let fleet = 0
    for (let i = 0, at = 0; i < count; i++, at += INSTANCE_WIDTH) {
      if (eligible[i] === 0) continue
      const n = instances[at + IN_FLIGHT]!
      if (!(n >= 0)) known = false
      const workMs = instances[at + WORK]!
      const work = workMs >= 0 && workScale > 0 ? workMs * workScale : n
      const relative = bounded(instances[at + SLOWNESS]! * slownessScale)
      const slower = slowness + inFlightSlowness * n + workSlowness * work
      let cost = inFlight * n + perWork * work + slower * (relative - 1)
      const recent = instances[at + RECENT_ERROR_RATE]!
      let working = 1
      if (recent > 0) {
        cost += recentErrors * recent * recent
        working -= recent
      }
      const errorRate = instances[at + ERROR_RATE]!
      if (errorRate > 0) cost += errors * errorRate * errorRate
      costs[i] = cost
      fleet += capacities[i] = working / relative
    }
    if (this.#places || (this.#dearPlaces && dear > 0)) this.#addPlaces(observation, dear, 1 / fleet, costs)
    return known
  }

  /** Adds what the place of each instance in the fleet costs. */
  #addPlaces(
    { count, context, eligible }: Observation,
    dear: number,
    scale: number,
    costs: Float64Array,
  ): void {
    const { misplaced, straddling, crowding } = this.#weights
    const capacities = this.#capacities
    const from = context[CHEAPER_SHARE]!
    const to = from + context[OWN_SHARE]!
    const wholeUpTo = from + ROUNDING
    let before = 0
    let low = 0
    for (let i = 0; i < count; i++) {
      if (eligible[i] === 0) continue
      before += capacities[i]!
      const high = before * scale
      if (high <= wholeUpTo) costs[i]! += misplaced * dear
      else if (low < from) costs[i]! += straddling * dear * affordable(low, from, high)
      else if (low > to) costs[i]! += crowding * (low - to)
      low = high
    }
  }
}

/** 1 / the mean slowness of the candidates of which it is known; NaN if it is of none. */
function meanSlownessInverse({ count, instances, eligible }: Observation): number {
  let sum = 0
  let known = 0
  for (let i = 0, at = SLOWNESS; i < count; i++, at += INSTANCE_WIDTH) {
    const slowness = instances[at]!
    if (eligible[i] === 0 || !(slowness > 0)) continue
    sum += slowness
    known++
  }
  return known / sum
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
