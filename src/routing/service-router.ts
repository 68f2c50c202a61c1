/**
 * The router of one service: observe, choose, and learn from the answer.
 *
 * It does no I/O and reads no clock, so both worlds share it. The observation and the propensities are buffers
 * that the next decision overwrites.
 */
import type { Random } from '../core/index.ts'
import { AnswerWindow } from '../stats/index.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, quantize } from './features.ts'
import { type InstanceReport, InstanceTracker } from './instance-tracker.ts'
import type { Observation, Policy } from './policy.ts'

const RATE_WINDOW_SECONDS = 10

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
  #inFlight = 0

  constructor(options: ServiceRouterOptions) {
    const count = options.instances.length
    this.service = options.service
    this.policy = options.policy
    this.instances = options.instances.map((id) => new InstanceTracker(id))
    this.propensities = new Float64Array(count)
    this.#random = options.random
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
    const { context, instances, eligible } = this.observation
    this.observation.nowMs = nowMs
    let eligibleCount = 0
    for (let i = 0; i < this.instances.length; i++) {
      const tracker = this.instances[i]!
      tracker.writeRow(instances, i * INSTANCE_WIDTH, nowMs)
      eligible[i] = tracker.eligible ? 1 : 0
      eligibleCount += eligible[i]!
    }
    this.#decisions.roll(nowMs)
    context[0] = route
    context[1] = this.#inFlight
    context[2] = quantize(this.#decisions.ratePerSecond)
    context[3] = eligibleCount
    return eligibleCount > 0
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
  }

  /** Instance `index` answered, or will not. */
  onAnswer(index: number, nowMs: number, latencyMs: number, failed: boolean): void {
    this.#inFlight--
    this.instances[index]!.onAnswer(nowMs, latencyMs, failed)
    this.policy.onOutcome?.({ instance: index, nowMs, latencyMs, failed })
  }

  onReport(index: number, report: InstanceReport): void {
    this.instances[index]!.onReport(report)
  }
}
