/**
 * A router under random traffic, for the contract of policies: two requests per instance under way, one in ten fails,
 * instances tell of themselves, come and go, are probed where the policy asks for it, and oracles see a truth.
 */
import { type Random, RandomStreams } from '../../src/core/index.ts'
import { type Policy, type PolicyFactory, policyFactory, ServiceRouter } from '../../src/routing/index.ts'
import { UNTOLD } from '../routing/observation-of.ts'

const PATHS = ['/api/cart', '/api/cart/items', '/api/products/7', '/api/products/8', '']
const STEP_MS = 5
/** Instances tell of themselves once in so many decisions. */
const REPORT_EVERY = 40

export interface DriveOptions {
  readonly decisions: number
  readonly seed?: number
  /** Whether instances turn unhealthy and well again; the first one always stays. */
  readonly flapping?: boolean
  /** Whether one decision in ten is followed by one for a retry. */
  readonly retrying?: boolean
  /** After every decision. */
  readonly check?: (router: ServiceRouter, chosen: number) => void
}

export class DrivenRouter {
  readonly router: ServiceRouter
  readonly #traffic: Random
  readonly #underWay: number[] = []
  readonly #targets = new Int32Array(1024)
  readonly #truth = {
    workMs: 0,
    speeds: new Float64Array(0),
    workers: new Float64Array(0),
    workLeftMs: new Float64Array(0),
    addedMs: new Float64Array(0),
  }
  #random: Random
  #decisions = 0
  /** Whether the last request was shed: then another one must end before there is room. */
  #shed = false

  constructor(policy: string | PolicyFactory, weights: readonly number[], seed = 1) {
    const streams = new RandomStreams(seed)
    this.#random = streams.stream('policy')
    this.#traffic = streams.stream('traffic')
    this.router = new ServiceRouter({
      service: 'cart-service',
      instances: weights.map((_, i) => `cart-${i + 1}`),
      weights,
      policy: (typeof policy === 'string' ? policyFactory(policy) : policy)('cart-service'),
      random: () => this.#random(),
    })
    this.#tellTruth()
  }

  get policy(): Policy {
    return this.router.policy
  }

  get nowMs(): number {
    return this.#decisions * STEP_MS
  }

  /** From now on the policy draws from this. */
  drawFrom(random: Random): void {
    this.#random = random
  }

  addInstance(weight: number): void {
    const index = this.router.addInstance(`cart-${this.router.instances.length + 1}`, weight)
    this.#report(index, true)
    this.#tellTruth()
  }

  /** Returns its choices. */
  drive({ decisions, flapping = false, retrying = false, check }: DriveOptions): Int32Array {
    const { router } = this
    const random = this.#traffic
    const choices = new Int32Array(decisions)
    for (let i = 0; i < decisions; i++) {
      this.#decisions++
      if (this.#decisions % REPORT_EVERY === 1) {
        for (let k = 0; k < router.instances.length; k++) this.#report(k, router.instances[k]!.healthy)
      }
      if (this.#underWay.length >= 2 * router.instances.length || this.#shed) this.#answerOldest()
      if (flapping && router.instances.length > 1 && random() < 0.2) {
        this.#report(1 + Math.floor(random() * (router.instances.length - 1)), random() < 0.5)
      }
      const affinity = PATHS[Math.floor(random() * PATHS.length)]!
      this.#renewTruth()
      const chosen = router.decide(this.nowMs, 0, affinity)
      choices[i] = chosen
      check?.(router, chosen)
      this.#send(chosen)
      if (retrying && chosen !== -1 && random() < 0.1) {
        this.#send(router.decideAnother(this.nowMs, 0, affinity, [chosen]))
      }
    }
    return choices
  }

  /** One decision at the present moment, without sending anything. */
  decide(): number {
    return this.router.decide(this.nowMs, 0, PATHS[1])
  }

  /**
   * Has the policy decide over and over on what it sees now, without the router: each request is answered three
   * decisions later. For a great many decisions.
   */
  repeat(decisions: number): void {
    const { policy, router } = this
    const { observation } = router
    const propensities = new Float64Array(observation.count)
    const underWay = new Int32Array(3).fill(-1)
    const outcome = { instance: 0, nowMs: 0, latencyMs: 0, failed: false, ...UNTOLD }
    for (let i = 0; i < decisions; i++) {
      const slot = i % underWay.length
      const nowMs = this.nowMs + i
      if (underWay[slot] !== -1) {
        outcome.instance = underWay[slot]!
        outcome.nowMs = nowMs
        outcome.latencyMs = 20 + (i % 7)
        outcome.failed = i % 11 === 0
        policy.onOutcome?.(outcome)
      }
      observation.nowMs = nowMs
      const chosen = policy.choose(observation, this.#random, propensities)
      if (chosen !== -1) policy.onStart?.(chosen, nowMs)
      underWay[slot] = chosen
      if (i % 16 === 0) this.#probe()
    }
  }

  #send(chosen: number): void {
    this.#probe()
    this.#shed = chosen === -1
    if (this.#shed) return
    this.router.onStart(chosen, this.nowMs)
    this.#underWay.push(chosen)
  }

  #answerOldest(): void {
    const index = this.#underWay.shift()
    if (index === undefined) return
    const random = this.#traffic
    const latencyMs = 200 * random()
    const told = random() < 0.8
    this.router.onAnswer(
      index,
      this.nowMs,
      latencyMs,
      random() < 0.1,
      told ? Math.floor(9 * random()) : Number.NaN,
      told ? latencyMs * 0.4 : Number.NaN,
      told ? latencyMs * 0.6 : Number.NaN,
    )
  }

  #report(index: number, healthy: boolean): void {
    const random = this.#traffic
    const report = { healthy, cpu: random(), memory: random(), queueDepth: Math.floor(random() * 9) }
    this.router.onReport(index, report, this.nowMs)
  }

  /** Nine probes in ten are answered. */
  #probe(): void {
    const { policy, router, nowMs } = this
    if (policy.probes === undefined) return
    const count = policy.probes(router.observation, () => this.#random(), this.#targets)
    for (let k = 0; k < count; k++) {
      const instance = this.#targets[k]!
      if (this.#traffic() < 0.1) continue
      const inFlight = router.instances[instance]!.inFlight
      policy.onProbe?.({ instance, nowMs, inFlight, latencyMs: 100 * this.#traffic() })
    }
  }

  #tellTruth(): void {
    if (this.policy.needsTruth !== true) return
    const count = this.router.instances.length
    this.router.observation.truth = Object.assign(this.#truth, {
      speeds: Float64Array.from({ length: count }, (_, i) => 1 / (1 + (i % 3))),
      workers: new Float64Array(count).fill(2),
      workLeftMs: new Float64Array(count),
      addedMs: new Float64Array(count),
    })
    this.#renewTruth()
  }

  #renewTruth(): void {
    if (this.policy.needsTruth !== true) return
    this.#truth.workMs = 20
    for (const [i, { inFlight }] of this.router.instances.entries()) {
      this.#truth.workLeftMs[i] = 15 * inFlight
      this.#truth.addedMs[i] = 20 + 5 * inFlight
    }
  }
}
