/**
 * The router of one service: observe, choose, and learn from the answer.
 *
 * It does no I/O and reads no clock, so both worlds share it. The observation and the propensities are buffers
 * that the next decision overwrites.
 */
import type { Random } from '../core/index.ts'
import { AnswerWindow } from '../stats/index.ts'
import { emptyObservation } from './empty-observation.ts'
import { quantize } from './features.ts'
import type { InstanceTracker } from './instance-tracker.ts'
import { ObservedInstances } from './observed-instances.ts'
import type { InstanceReport, Observation, Policy } from './policy.ts'
import { RouteWork } from './route-work.ts'

const RATE_WINDOW_SECONDS = 10

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
  readonly #routes = new RouteWork()
  readonly #outcome = {
    instance: 0,
    nowMs: 0,
    latencyMs: 0,
    failed: false,
    queueDepth: Number.NaN,
    queueMs: Number.NaN,
    workMs: Number.NaN,
  }
  readonly #instances: ObservedInstances
  #policy: Policy
  #propensities = new Float64Array(0)
  #inFlight = 0
  /** Who may be chosen, while some of them are kept out for one decision. */
  #kept = new Uint8Array(0)

  constructor(options: ServiceRouterOptions) {
    this.service = options.service
    this.#policy = options.policy
    this.#random = options.random
    this.observation = emptyObservation(options.service)
    this.#instances = new ObservedInstances(this.observation, this.#routes)
    for (const [i, id] of options.instances.entries()) this.addInstance(id, options.weights?.[i])
  }

  get policy(): Policy {
    return this.#policy
  }

  get instances(): readonly InstanceTracker[] {
    return this.#instances.trackers
  }

  /** Shape [instances]: of the last decision. */
  get propensities(): Float64Array {
    return this.#propensities
  }

  /** Another policy decides from now on. It starts without memory of what came before. */
  use(policy: Policy): void {
    this.#policy = policy
    this.#instances.policyChanged()
  }

  /** Adds an instance behind all others and returns its index, which it keeps for good. */
  addInstance(id: string, weight = 1): number {
    const index = this.#instances.add(id, weight)
    this.#propensities = new Float64Array(index + 1)
    this.#kept = new Uint8Array(index + 1)
    return index
  }

  /** Keeps an instance from new requests, or lets it have them again. */
  drain(index: number, draining = true): void {
    this.instances[index]!.drain(draining)
    this.#instances.changed(index)
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
    this.#routes.onDecision(this.#routes.placeOf(route))
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
      this.#routes.onDecision(this.#routes.placeOf(route))
      chosen = this.#policy.choose(observation, this.#random, this.#propensities)
    }
    eligible.set(this.#kept)
    return chosen
  }

  /** Refreshes `observation` without a decision. Returns whether any instance is eligible. */
  observe(nowMs: number, route: number): boolean {
    const { context } = this.observation
    this.observation.nowMs = nowMs
    this.#instances.refresh(nowMs, this.#policy)
    this.#decisions.roll(nowMs)
    context[0] = route
    context[1] = this.#inFlight
    context[2] = quantize(this.#decisions.ratePerSecond)
    context[3] = this.#instances.eligible
    const place = this.#routes.placeOf(route)
    context[4] = this.#routes.expectedMs(place)
    context[5] = this.#routes.meanMs
    context[6] = this.#routes.cheaperShare(place)
    context[7] = this.#routes.ownShare(place)
    return this.#instances.eligible > 0
  }

  /** The state as it is now, with the route of the last decision: what a log is told when the run ends. */
  closingState(nowMs: number): Observation {
    this.observe(nowMs, this.observation.context[0]!)
    return this.observation
  }

  /**
   * A request was sent to instance `index`.
   *
   * @param route index of its route class; -1 if it is not known, here and at its answer
   */
  onStart(index: number, nowMs: number, route = -1): void {
    this.#inFlight++
    this.instances[index]!.onStart(this.#placeOf(route))
    this.#instances.counted(index)
    this.#policy.onStart?.(index, nowMs)
  }

  /**
   * Instance `index` answered, or will not.
   *
   * @param queueDepth jobs that waited there, as it told with its answer; NaN if it did not
   * @param queueMs how long the request waited there, and how long it was worked on
   * @param route as it was told at the start
   */
  onAnswer(
    index: number,
    nowMs: number,
    latencyMs: number,
    failed: boolean,
    queueDepth = Number.NaN,
    queueMs = Number.NaN,
    workMs = Number.NaN,
    route = -1,
  ): void {
    this.#inFlight--
    const place = this.#placeOf(route)
    this.instances[index]!.onAnswer(nowMs, latencyMs, failed, place)
    if (place >= 0 && !failed) this.#learnWork(index, place, nowMs, Number.isNaN(workMs) ? latencyMs : workMs)
    this.#instances.changed(index)
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

  #placeOf(route: number): number {
    return route < 0 ? -1 : this.#routes.placeOf(route)
  }

  #learnWork(index: number, place: number, nowMs: number, workMs: number): void {
    this.#routes.onWork(place, workMs)
    const expectedMs = this.#routes.expectedMs(place)
    if (expectedMs > 0) this.instances[index]!.onWork(nowMs, workMs, expectedMs)
  }

  onReport(index: number, report: InstanceReport, nowMs: number): void {
    this.instances[index]!.onReport(report)
    this.#instances.changed(index)
    this.#policy.onReport?.(index, report, nowMs)
  }
}
