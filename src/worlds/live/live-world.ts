/**
 * The live world: the same sessions as in the virtual one, over real sockets and in real time, against a balancer
 * at a URL. Latency counts from the intended start: when the plan wanted it, or when a think time was over, not when a
 * busy event loop got round to it.
 */
import { hardEndMs, type Scenario } from '../../scenario/index.ts'
import type { Segment } from '../../traffic/index.ts'
import type { RunObserver } from '../run-observer.ts'
import { Visitors } from '../visitors.ts'
import type { Capture } from './capture/capture.ts'
import { LiveClock } from './clock.ts'
import type { HttpClient } from './engine/http-client.ts'
import { Fidelity } from './fidelity.ts'
import { LiveSession, type SessionSurroundings } from './live-session.ts'
import { LoopProbe } from './loop-probe.ts'
import { wakerOf } from './scheduler/create-waker.ts'
import { Scheduler } from './scheduler/scheduler.ts'
import { Timers } from './timers.ts'
import { UserRequests } from './user-requests.ts'

/** When the plan is over, requests under way get this long before they are given up, or the client's patience if less. */
const GRACE_MS = 5_000
/** The clock of a run starts with its target, up to so long before the first session can. */
const MOST_LAUNCH_MS = 1_000
/** A generator that is behind its plan may go on for so long after the end of it. */
const OVERTIME_MS = 1_000

export interface LiveWorldOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly observer: RunObserver
  readonly client: HttpClient
  /** Path in front of `/<service>`. */
  readonly pathPrefix: string
  readonly startEpochMs: number
  /** Keeps the accounts of this run apart from those of others against the same target. */
  readonly accountPrefix: string
  /** Records the decisions of a balancer that does not record them itself. */
  readonly capture?: Capture
  /** The share of the plan that is carried out; by default all of it. */
  readonly segment?: Segment
  /** Where to tell how well the load was generated. */
  readonly fidelity?: Fidelity
}

export class LiveWorld {
  readonly #scenario: Scenario
  readonly #now: () => number
  readonly #visitors: Visitors
  readonly #requests: UserRequests
  readonly #scheduler: Scheduler
  readonly #fidelity: Fidelity
  readonly #around: SessionSurroundings
  #onOver: () => void = () => {}

  constructor(options: LiveWorldOptions) {
    const { scenario, seed, observer, accountPrefix, segment, fidelity = new Fidelity() } = options
    this.#scenario = scenario
    this.#fidelity = fidelity
    this.#now = new LiveClock(options.startEpochMs).now
    this.#scheduler = new Scheduler(this.#now, wakerOf(scenario.client.scheduler))
    this.#requests = new UserRequests({ ...options, now: this.#now, timers: this.#scheduler })
    this.#visitors = new Visitors({
      scenario,
      seed,
      accountPrefix,
      observer,
      segment,
      now: this.#now,
      begin: (visitor) => new LiveSession(visitor, this.#around).start(),
    })
    this.#around = {
      now: this.#now,
      visitors: this.#visitors,
      requests: this.#requests,
      scheduler: this.#scheduler,
      fidelity,
      launchMs: 0,
      onFinish: (visitor, result) => {
        this.#visitors.finish(visitor, result)
        if (this.#visitors.over) this.#onOver()
      },
    }
  }

  get nowMs(): number {
    return this.#now()
  }

  /** Runs until the scenario is over or `signal` is aborted, and every request has been answered or given up. */
  async run(signal: AbortSignal): Promise<void> {
    this.#around.launchMs = Math.min(this.#now(), MOST_LAUNCH_MS)
    const probe = new LoopProbe(this.#fidelity, () => this.#requests.expire())
    try {
      await this.#overOr(signal)
      this.#scheduler.close()
      this.#visitors.end()
      this.#requests.cut()
      const graceMs = Math.min(GRACE_MS, this.#scenario.client.timeoutMs)
      await this.#idleWithin(signal.aborted ? 0 : graceMs)
    } finally {
      this.#scheduler.close()
      probe.stop()
      this.#requests.abort()
      if (this.#scheduler.trouble !== null) this.#fidelity.onTrouble(this.#scheduler.trouble)
    }
  }

  /** Resolves when the plan is over, on interrupt, and at the latest a little after the time that the plan takes. */
  #overOr(signal: AbortSignal): Promise<void> {
    const end = new Timers()
    return new Promise<void>((resolve) => {
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
      this.#onOver = resolve
      end.after(hardEndMs(this.#scenario) + OVERTIME_MS - this.#now(), resolve)
      this.#scheduler.follow({
        nextAtMs: () => this.#visitors.nextAtMs(),
        advance: (nowMs) => {
          this.#visitors.advance(nowMs)
          if (this.#visitors.over) resolve()
        },
      })
    }).finally(() => end.cancelAll())
  }

  /** Resolves when no request is under way any more, or after `graceMs`. */
  #idleWithin(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#requests.size === 0) return resolve()
      const timer = setTimeout(resolve, graceMs)
      this.#requests.onIdle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
