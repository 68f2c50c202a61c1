/**
 * The router of one service: observe, choose, and learn from the answer.
 *
 * It does no I/O and reads no clock, so both worlds share it. The observation and the propensities are buffers
 * that the next decision overwrites: of a row only what has changed since the last one, and all rows when a second
 * is over, since that is when the windows roll.
 */
import type { Random } from '../core/index.ts'
import { AnswerWindow } from '../stats/index.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, instanceFeature, quantize } from './features.ts'
import { InstanceTracker } from './instance-tracker.ts'
import type { InstanceReport, Observation, Policy } from './policy.ts'

const RATE_WINDOW_SECONDS = 10
const IN_FLIGHT = instanceFeature('inFlight')
const BREAKER_OPEN = instanceFeature('breakerOpen')

/** What has changed of a row since it was written. */
const NOTHING = 0
const COUNT = 1
const ANYTHING = 2

export interface ServiceRouterOptions {
  readonly service: string
  /** Instance ids, in the order of the rows. */
  readonly instances: readonly string[]
  /** Of the instances; 1 each if nothing is said. */
  readonly weights?: readonly number[]
  readonly policy: Policy
  readonly random: Random
}

export class ServiceRouter {
  readonly service: string
  readonly observation: Observation
  readonly #random: Random
  readonly #decisions = new AnswerWindow(RATE_WINDOW_SECONDS)
  readonly #outcome = {
    instance: 0,
    nowMs: 0,
    latencyMs: 0,
    failed: false,
    queueDepth: Number.NaN,
    queueMs: Number.NaN,
    workMs: Number.NaN,
  }
  readonly #instances: InstanceTracker[] = []
  #policy: Policy
  #propensities = new Float64Array(0)
  #inFlight = 0
  #eligible = 0
  /** By instance: what has changed of its row; and the instances of which anything has. */
  #changes = new Uint8Array(0)
  #changed = new Int32Array(0)
  #changedCount = 0
  /** Who may be chosen, while some of them are kept out for one decision. */
  #kept = new Uint8Array(0)
  /** When the windows roll next. */
  #secondEndsAtMs = Number.NEGATIVE_INFINITY

  constructor(options: ServiceRouterOptions) {
    this.service = options.service
    this.#policy = options.policy
    this.#random = options.random
    this.observation = {
      service: options.service,
      nowMs: 0,
      count: 0,
      context: new Float64Array(CONTEXT_WIDTH),
      instances: new Float64Array(0),
      eligible: new Uint8Array(0),
      affinity: '',
      truth: undefined,
    }
    for (const [i, id] of options.instances.entries()) this.addInstance(id, options.weights?.[i])
  }

  get policy(): Policy {
    return this.#policy
  }

  get instances(): readonly InstanceTracker[] {
    return this.#instances
  }

  /** Shape [instances]: of the last decision. */
  get propensities(): Float64Array {
    return this.#propensities
  }

  /** Another policy decides from now on. It starts without memory of what came before. */
  use(policy: Policy): void {
    this.#policy = policy
    this.#secondEndsAtMs = Number.NEGATIVE_INFINITY
  }

  /** Adds an instance behind all others and returns its index, which it keeps for good. */
  addInstance(id: string, weight = 1): number {
    const index = this.#instances.push(new InstanceTracker(id, weight)) - 1
    const count = index + 1
    const { observation } = this
    observation.count = count
    observation.instances = grown(observation.instances, new Float64Array(count * INSTANCE_WIDTH))
    observation.eligible = grown(observation.eligible, new Uint8Array(count))
    this.#propensities = new Float64Array(count)
    this.#changes = grown(this.#changes, new Uint8Array(count))
    this.#changed = grown(this.#changed, new Int32Array(count))
    this.#kept = new Uint8Array(count)
    this.#onChange(index, ANYTHING)
    return index
  }

  /** Keeps an instance from new requests, or lets it have them again. */
  drain(index: number, draining = true): void {
    this.#instances[index]!.drain(draining)
    this.#onChange(index, ANYTHING)
  }

  /**
   * Refreshes `observation` and chooses.
   *
   * @param route index of the route class of the request
   * @param affinity see `Observation`
   * @returns index of the instance, or -1 if none is eligible or the policy sheds the request
   */
  decide(nowMs: number, route: number, affinity = ''): number {
    this.observation.affinity = affinity
    if (!this.observe(nowMs, route)) return -1
    this.#decisions.add(nowMs, 0, false)
    return this.#policy.choose(this.observation, this.#random, this.#propensities)
  }

  /** Like `decide`, for a retry or a hedge: among those that have not been tried. */
  decideAnother(nowMs: number, route: number, affinity: string, tried: readonly number[]): number {
    const { observation } = this
    observation.affinity = affinity
    this.observe(nowMs, route)
    const { eligible, count } = observation
    this.#kept.set(eligible.subarray(0, count))
    for (const index of tried) eligible[index] = 0
    let chosen = -1
    if (eligible.includes(1)) {
      this.#decisions.add(nowMs, 0, false)
      chosen = this.#policy.choose(observation, this.#random, this.#propensities)
    }
    eligible.set(this.#kept)
    return chosen
  }

  /** Refreshes `observation` without a decision. Returns whether any instance is eligible. */
  observe(nowMs: number, route: number): boolean {
    const { context } = this.observation
    this.observation.nowMs = nowMs
    if (nowMs >= this.#secondEndsAtMs) this.#writeAll(nowMs)
    else if (this.#changedCount > 0) this.#writeChanged(nowMs)
    if (this.#policy.breakerOpen !== undefined) this.#writeBreakers(nowMs)
    this.#decisions.roll(nowMs)
    context[0] = route
    context[1] = this.#inFlight
    context[2] = quantize(this.#decisions.ratePerSecond)
    context[3] = this.#eligible
    return this.#eligible > 0
  }

  /** The state as it is now, with the route of the last decision: what a log is told when the run ends. */
  closingState(nowMs: number): Observation {
    this.observe(nowMs, this.observation.context[0]!)
    return this.observation
  }

  /** A request was sent to instance `index`. */
  onStart(index: number, nowMs: number): void {
    this.#inFlight++
    this.#instances[index]!.onStart()
    this.#onChange(index, COUNT)
    this.#policy.onStart?.(index, nowMs)
  }

  /**
   * Instance `index` answered, or will not.
   *
   * @param queueDepth jobs that waited there, as it told with its answer; NaN if it did not
   * @param queueMs how long the request waited there, and how long it was worked on
   */
  onAnswer(
    index: number,
    nowMs: number,
    latencyMs: number,
    failed: boolean,
    queueDepth = Number.NaN,
    queueMs = Number.NaN,
    workMs = Number.NaN,
  ): void {
    this.#inFlight--
    this.#instances[index]!.onAnswer(nowMs, latencyMs, failed)
    this.#onChange(index, ANYTHING)
    if (this.#policy.onOutcome === undefined) return
    const outcome = this.#outcome
    outcome.instance = index
    outcome.nowMs = nowMs
    outcome.latencyMs = latencyMs
    outcome.failed = failed
    outcome.queueDepth = queueDepth
    outcome.queueMs = queueMs
    outcome.workMs = workMs
    this.#policy.onOutcome(outcome)
  }

  onReport(index: number, report: InstanceReport, nowMs: number): void {
    this.#instances[index]!.onReport(report)
    this.#onChange(index, ANYTHING)
    this.#policy.onReport?.(index, report, nowMs)
  }

  #onChange(index: number, change: number): void {
    const before = this.#changes[index]!
    if (before === NOTHING) this.#changed[this.#changedCount++] = index
    if (change > before) this.#changes[index] = change
  }

  #writeChanged(nowMs: number): void {
    for (let k = 0; k < this.#changedCount; k++) {
      const index = this.#changed[k]!
      if (this.#changes[index] === ANYTHING) this.#write(index, nowMs)
      else this.observation.instances[index * INSTANCE_WIDTH + IN_FLIGHT] = this.#instances[index]!.inFlight
      this.#changes[index] = NOTHING
    }
    this.#changedCount = 0
  }

  #writeAll(nowMs: number): void {
    this.#secondEndsAtMs = (Math.floor(nowMs / 1000) + 1) * 1000
    for (let index = 0; index < this.#instances.length; index++) this.#write(index, nowMs)
    this.#changes.fill(NOTHING)
    this.#changedCount = 0
  }

  #write(index: number, nowMs: number): void {
    const { instances, eligible } = this.observation
    const tracker = this.#instances[index]!
    const offset = index * INSTANCE_WIDTH
    tracker.writeRow(instances, offset, nowMs, this.#breaker(index, nowMs))
    const isEligible = !tracker.draining && (tracker.healthy || this.#policy.checksHealth === true) ? 1 : 0
    this.#eligible += isEligible - eligible[index]!
    eligible[index] = isEligible
  }

  #writeBreakers(nowMs: number): void {
    const { instances, count } = this.observation
    for (let i = 0; i < count; i++) {
      instances[i * INSTANCE_WIDTH + BREAKER_OPEN] = this.#breaker(i, nowMs)
    }
  }

  /** 1 if a circuit breaker keeps it out, 0 if none does, NaN if there is none. */
  #breaker(index: number, nowMs: number): number {
    const policy = this.#policy
    if (policy.breakerOpen === undefined) return Number.NaN
    return policy.breakerOpen(index, nowMs) ? 1 : 0
  }
}

/** The contents of a row of numbers in a longer one. */
function grown<Numbers extends Float64Array | Uint8Array | Int32Array>(
  old: Numbers,
  longer: Numbers,
): Numbers {
  longer.set(old)
  return longer
}
