/**
 * The instances of one service as the observation shows them: their rows, and who may be chosen.
 *
 * Of a row only what has changed since it was last written is written anew, and all rows when a second is over, since
 * that is when the windows of the trackers roll, and when more is known of what routes cost.
 */
import { INSTANCE_WIDTH, instanceFeature } from './features.ts'
import { InstanceTracker } from './instance-tracker.ts'
import type { Observation, Policy } from './policy.ts'
import type { RouteWork } from './route-work.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const BREAKER_OPEN = instanceFeature('breakerOpen')
const WORK = instanceFeature('workMs')

/** What has changed of a row since it was written. */
const NOTHING = 0
const COUNT = 1
const ANYTHING = 2

export class ObservedInstances {
  readonly #observation: Observation
  readonly #routes: RouteWork
  readonly #trackers: InstanceTracker[] = []
  #eligible = 0
  /** By instance: what has changed of its row; and the instances of which anything has. */
  #changes = new Uint8Array(0)
  #changed = new Int32Array(0)
  #changedCount = 0
  /** When the windows roll next. */
  #secondEndsAtMs = Number.NEGATIVE_INFINITY
  /** Of what is known of routes, when all rows were written. */
  #routesVersion = 0

  /** @param observation whose rows and eligibility it keeps */
  constructor(observation: Observation, routes: RouteWork) {
    this.#observation = observation
    this.#routes = routes
  }

  get trackers(): readonly InstanceTracker[] {
    return this.#trackers
  }

  /** Number of instances that may be chosen. */
  get eligible(): number {
    return this.#eligible
  }

  /** Adds an instance behind all others and returns its index. */
  add(id: string, weight: number): number {
    const index = this.#trackers.push(new InstanceTracker(id, weight)) - 1
    const count = index + 1
    const observation = this.#observation
    observation.count = count
    observation.instances = grown(observation.instances, new Float64Array(count * INSTANCE_WIDTH))
    observation.eligible = grown(observation.eligible, new Uint8Array(count))
    this.#changes = grown(this.#changes, new Uint8Array(count))
    this.#changed = grown(this.#changed, new Int32Array(count))
    this.changed(index)
    return index
  }

  /** Its number of requests in flight has changed, and nothing else. */
  counted(index: number): void {
    this.#note(index, COUNT)
  }

  /** Anything of it may have changed. */
  changed(index: number): void {
    this.#note(index, ANYTHING)
  }

  /** What the policy says of instances may be different from now on. */
  policyChanged(): void {
    this.#secondEndsAtMs = Number.NEGATIVE_INFINITY
  }

  /** Brings rows and eligibility up to date. */
  refresh(nowMs: number, policy: Policy): void {
    const allChanged = nowMs >= this.#secondEndsAtMs || this.#routes.version !== this.#routesVersion
    if (allChanged) this.#writeAll(nowMs, policy)
    else if (this.#changedCount > 0) this.#writeChanged(nowMs, policy)
    if (policy.breakerOpen !== undefined) this.#writeBreakers(nowMs, policy)
  }

  #note(index: number, change: number): void {
    const before = this.#changes[index]!
    if (before === NOTHING) this.#changed[this.#changedCount++] = index
    if (change > before) this.#changes[index] = change
  }

  #writeChanged(nowMs: number, policy: Policy): void {
    const rows = this.#observation.instances
    for (let k = 0; k < this.#changedCount; k++) {
      const index = this.#changed[k]!
      if (this.#changes[index] === ANYTHING) this.#write(index, nowMs, policy)
      else this.#writeCounts(rows, index)
      this.#changes[index] = NOTHING
    }
    this.#changedCount = 0
  }

  #writeCounts(rows: Float64Array, index: number): void {
    const tracker = this.#trackers[index]!
    const offset = index * INSTANCE_WIDTH
    rows[offset + IN_FLIGHT] = tracker.inFlight
    rows[offset + WORK] = tracker.workInFlightMs(this.#routes)
  }

  #writeAll(nowMs: number, policy: Policy): void {
    this.#routesVersion = this.#routes.version
    this.#secondEndsAtMs = (Math.floor(nowMs / 1000) + 1) * 1000
    for (let index = 0; index < this.#trackers.length; index++) this.#write(index, nowMs, policy)
    this.#changes.fill(NOTHING)
    this.#changedCount = 0
  }

  #write(index: number, nowMs: number, policy: Policy): void {
    const { instances, eligible } = this.#observation
    const tracker = this.#trackers[index]!
    const open = breaker(policy, index, nowMs)
    tracker.writeRow(instances, index * INSTANCE_WIDTH, nowMs, open, this.#routes)
    const isEligible = !tracker.draining && (tracker.healthy || policy.checksHealth === true) ? 1 : 0
    this.#eligible += isEligible - eligible[index]!
    eligible[index] = isEligible
  }

  #writeBreakers(nowMs: number, policy: Policy): void {
    const { instances, count } = this.#observation
    for (let i = 0; i < count; i++) {
      instances[i * INSTANCE_WIDTH + BREAKER_OPEN] = breaker(policy, i, nowMs)
    }
  }
}

/** 1 if a circuit breaker keeps the instance out, 0 if none does, NaN if there is none. */
function breaker(policy: Policy, index: number, nowMs: number): number {
  if (policy.breakerOpen === undefined) return Number.NaN
  return policy.breakerOpen(index, nowMs) ? 1 : 0
}

/** The contents of a row of numbers in a longer one. */
function grown<Numbers extends Float64Array | Uint8Array | Int32Array>(
  old: Numbers,
  longer: Numbers,
): Numbers {
  longer.set(old)
  return longer
}
