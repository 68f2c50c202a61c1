/**
 * What has come of the requests of one service, counted since the start: by instance, by policy, and as clients saw it.
 *
 * Two things are counted apart: *answers*, one per attempt at an instance, and *replies*, one per request of a client
 * (a retry is one reply after two answers; a shed request is a reply without any). On the hot path: no allocation
 * after the first answer of an instance. It reads no clock.
 */
import { type FailureKind, isServerFailure } from '../../core/index.ts'
import { Histogram } from '../../stats/index.ts'

export const FAILURE_KINDS = [
  'connect',
  'reset',
  'timeout',
  'framing',
  'aborted',
  'dns',
  'tls',
  'too-large',
  'resources',
] as const satisfies readonly FailureKind[]

/** By first digit; `none` if no answer came, `other` for what HTTP does not know. */
export const STATUS_CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const

/** So many texts of policies are remembered with what came of them: whoever switches for ever forgets the oldest. */
const MOST_POLICIES = 32

/** Answers under one policy, over all times that it was in use. */
export class PolicyTraffic {
  /** As it was configured or switched to. */
  readonly text: string
  #latency = new Histogram()
  #failures = 0
  #usedMs = 0
  /** Since when it decides; undefined while another does. */
  #sinceMs: number | undefined

  constructor(text: string) {
    this.text = text
  }

  get answers(): number {
    return this.#latency.count
  }

  get failures(): number {
    return this.#failures
  }

  /** In milliseconds, of all answers. */
  get latency(): Histogram {
    return this.#latency
  }

  /** How long it has been deciding. */
  usedMs(nowMs: number): number {
    return this.#usedMs + (this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs)
  }

  add(latencyMs: number, failed: boolean): void {
    this.#latency.record(latencyMs)
    if (failed) this.#failures++
  }

  begin(nowMs: number): void {
    this.#sinceMs ??= nowMs
  }

  end(nowMs: number): void {
    this.#usedMs = this.usedMs(nowMs)
    this.#sinceMs = undefined
  }

  /** Forgets what was counted; if it decides just now, it goes on from here. */
  reset(nowMs: number): void {
    this.#latency = new Histogram()
    this.#failures = 0
    this.#usedMs = 0
    if (this.#sinceMs !== undefined) this.#sinceMs = nowMs
  }
}

export class InstanceTraffic {
  /** In milliseconds, of all answers. */
  readonly latency = new Histogram()
  /** In the order of STATUS_CLASSES. */
  readonly byClass = new Float64Array(STATUS_CLASSES.length)
  /** Answers that never came, in the order of FAILURE_KINDS. */
  readonly byKind = new Float64Array(FAILURE_KINDS.length)
  #failures = 0

  get answers(): number {
    return this.latency.count
  }

  /** Answers that say the server is at fault, and those that never came. */
  get failures(): number {
    return this.#failures
  }

  add(latencyMs: number, status: number, failure: FailureKind | null, failed: boolean): void {
    this.latency.record(latencyMs)
    this.byClass[statusClass(status)]!++
    if (failure !== null) this.byKind[FAILURE_KINDS.indexOf(failure)]!++
    if (failed) this.#failures++
  }
}

export class ServiceTraffic {
  /** By index; what is gone keeps its place. */
  readonly instances: InstanceTraffic[] = []
  /** Replies to clients, in the order of STATUS_CLASSES. */
  readonly repliesByClass = new Float64Array(STATUS_CLASSES.length)
  /** From a client's request to the end of its reply, in milliseconds. */
  readonly replyLatency = new Histogram()
  readonly #policies = new Map<string, PolicyTraffic>()
  #policy: PolicyTraffic
  #shed = 0
  #retries = 0
  #hedges = 0

  /** @param policy text of the policy that decides from `nowMs` on */
  constructor(policy: string, nowMs: number) {
    this.#policy = new PolicyTraffic(policy)
    this.#policies.set(policy, this.#policy)
    this.#policy.begin(nowMs)
  }

  /** Of the policy that decides now. Keep it with the decision: the answer may come under another. */
  get policy(): PolicyTraffic {
    return this.#policy
  }

  /** Of all policies that have decided, by text. */
  get policies(): ReadonlyMap<string, PolicyTraffic> {
    return this.#policies
  }

  /** Requests that no instance was found for. */
  get shed(): number {
    return this.#shed
  }

  get retries(): number {
    return this.#retries
  }

  get hedges(): number {
    return this.#hedges
  }

  /** An attempt has ended. `status` is 0, and `failure` says why, if no answer came. */
  onAnswer(
    instance: number,
    latencyMs: number,
    status: number,
    failure: FailureKind | null,
    policy: PolicyTraffic = this.#policy,
  ): void {
    while (this.instances.length <= instance) this.instances.push(new InstanceTraffic())
    const failed = isServerFailure({ status })
    this.instances[instance]!.add(latencyMs, status, failure, failed)
    policy.add(latencyMs, failed)
  }

  /** A client has been told `status`: once per request, whatever it took. */
  onReply(status: number, latencyMs: number): void {
    this.repliesByClass[statusClass(status)]!++
    this.replyLatency.record(latencyMs)
  }

  onShed(): void {
    this.#shed++
  }

  onRetry(): void {
    this.#retries++
  }

  onHedge(): void {
    this.#hedges++
  }

  /** Another policy decides from now on. One that has decided before goes on where it was. */
  usePolicy(text: string, nowMs: number): void {
    this.#policy.end(nowMs)
    this.#policy = this.#policies.get(text) ?? new PolicyTraffic(text)
    this.#policy.begin(nowMs)
    // The newest stands last, so that the first is the one to forget.
    this.#policies.delete(text)
    this.#policies.set(text, this.#policy)
    if (this.#policies.size > MOST_POLICIES) this.#policies.delete(this.#policies.keys().next().value!)
  }

  /** Forgets what came of one policy, or of all. */
  resetPolicies(nowMs: number, text?: string): void {
    for (const policy of this.#policies.values()) {
      if (text === undefined || policy.text === text) policy.reset(nowMs)
    }
  }
}

function statusClass(status: number): number {
  return status >= 600 ? STATUS_CLASSES.length - 1 : Math.floor(status / 100)
}
