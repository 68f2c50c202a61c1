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
import { type InstanceReport, InstanceTracker } from './instance-tracker.ts'
import type { Observation, Policy } from './policy.ts'

const RATE_WINDOW_SECONDS = 10
const IN_FLIGHT = instanceFeature('inFlight')

/** What has changed of a row since it was written. */
const NOTHING = 0
const COUNT = 1
const ANYTHING = 2

export interface ServiceRouterOptions {
  readonly service: string
  /** Instance ids, in the order of the rows. */
  readonly instances: readonly string[]
  readonly policy: Policy
  readonly random: Random
}

export class ServiceRouter {
  readonly service: string
  readonly policy: Policy
  readonly instances: readonly InstanceTracker[]
  readonly observation: Observation
  /** Shape [instances]: of the last decision. */
  readonly propensities: Float64Array
  readonly #random: Random
  readonly #decisions = new AnswerWindow(RATE_WINDOW_SECONDS)
  readonly #outcome = { instance: 0, nowMs: 0, latencyMs: 0, failed: false }
  #inFlight = 0
  #eligible = 0
  /** By instance: what has changed of its row; and the instances of which anything has. */
  readonly #changes: Uint8Array
  readonly #changed: Int32Array
  #changedCount = 0
  /** When the windows roll next. */
  #secondEndsAtMs = Number.NEGATIVE_INFINITY

  constructor(options: ServiceRouterOptions) {
    const count = options.instances.length
    this.service = options.service
    this.policy = options.policy
    this.instances = options.instances.map((id) => new InstanceTracker(id))
    this.propensities = new Float64Array(count)
    this.#random = options.random
    this.#changes = new Uint8Array(count)
    this.#changed = new Int32Array(count)
    this.observation = {
      service: options.service,
      nowMs: 0,
      count,
      context: new Float64Array(CONTEXT_WIDTH),
      instances: new Float64Array(count * INSTANCE_WIDTH),
      eligible: new Uint8Array(count),
    }
  }

  /**
   * Refreshes `observation` and chooses.
   *
   * @param route index of the route class of the request
   * @returns index of the instance, or -1 if none is eligible
   */
  decide(nowMs: number, route: number): number {
    if (!this.observe(nowMs, route)) return -1
    this.#decisions.add(nowMs, 0, false)
    return this.policy.choose(this.observation, this.#random, this.propensities)
  }

  /** Refreshes `observation` without a decision. Returns whether any instance is eligible. */
  observe(nowMs: number, route: number): boolean {
    const { context } = this.observation
    this.observation.nowMs = nowMs
    if (nowMs >= this.#secondEndsAtMs) this.#writeAll(nowMs)
    else if (this.#changedCount > 0) this.#writeChanged(nowMs)
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

  /** The request was sent to instance `index`. */
  onStart(index: number): void {
    this.#inFlight++
    this.instances[index]!.onStart()
    this.#onChange(index, COUNT)
  }

  /** Instance `index` answered, or will not. */
  onAnswer(index: number, nowMs: number, latencyMs: number, failed: boolean): void {
    this.#inFlight--
    this.instances[index]!.onAnswer(nowMs, latencyMs, failed)
    this.#onChange(index, ANYTHING)
    if (this.policy.onOutcome === undefined) return
    const outcome = this.#outcome
    outcome.instance = index
    outcome.nowMs = nowMs
    outcome.latencyMs = latencyMs
    outcome.failed = failed
    this.policy.onOutcome(outcome)
  }

  onReport(index: number, report: InstanceReport): void {
    this.instances[index]!.onReport(report)
    this.#onChange(index, ANYTHING)
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
      else this.observation.instances[index * INSTANCE_WIDTH + IN_FLIGHT] = this.instances[index]!.inFlight
      this.#changes[index] = NOTHING
    }
    this.#changedCount = 0
  }

  #writeAll(nowMs: number): void {
    this.#secondEndsAtMs = (Math.floor(nowMs / 1000) + 1) * 1000
    for (let index = 0; index < this.instances.length; index++) this.#write(index, nowMs)
    this.#changes.fill(NOTHING)
    this.#changedCount = 0
  }

  #write(index: number, nowMs: number): void {
    const { instances, eligible } = this.observation
    const tracker = this.instances[index]!
    tracker.writeRow(instances, index * INSTANCE_WIDTH, nowMs)
    const isEligible = tracker.eligible ? 1 : 0
    this.#eligible += isEligible - eligible[index]!
    eligible[index] = isEligible
  }
}
