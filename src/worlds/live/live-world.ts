/**
 * The live world: the same sessions as in the virtual one, over real sockets and in real time, against a balancer
 * at a URL. Latency counts from the intended start: when a think time was over, not when a busy event loop got
 * round to it.
 */
import { type Process, RandomStreams } from '../../core/index.ts'
import { type Scenario, scenarioDurationMs } from '../../scenario/index.ts'
import { type SessionResult, sessionStarts } from '../../traffic/index.ts'
import type { RunObserver } from '../run-observer.ts'
import type { Visitor } from '../visitor.ts'
import { Visitors } from '../visitors.ts'
import type { Capture } from './capture/capture.ts'
import { LiveClock } from './clock.ts'
import { driveProcess } from './drive-process.ts'
import type { HttpClient } from './http-client.ts'
import { Timers } from './timers.ts'
import { UserRequests } from './user-requests.ts'

const DEADLINE_CHECK_MS = 20
/** At the end of the scenario, requests under way get this long before they are given up. */
const GRACE_MS = 5_000

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
}

export class LiveWorld {
  readonly #scenario: Scenario
  readonly #now: () => number
  readonly #visitors: Visitors
  readonly #requests: UserRequests
  readonly #streams: RandomStreams
  readonly #timers = new Timers()

  constructor(options: LiveWorldOptions) {
    const { scenario, seed, observer, accountPrefix } = options
    this.#scenario = scenario
    this.#now = new LiveClock(options.startEpochMs).now
    this.#streams = new RandomStreams(seed)
    this.#requests = new UserRequests({ ...options, now: this.#now })
    this.#visitors = new Visitors({
      scenario,
      seed,
      accountPrefix,
      observer,
      now: this.#now,
      begin: (visitor) => this.#beginSession(visitor),
    })
  }

  get nowMs(): number {
    return this.#now()
  }

  /** Runs until the scenario is over or `signal` is aborted, and every request has been answered or given up. */
  async run(signal: AbortSignal): Promise<void> {
    const deadlineCheck = setInterval(() => this.#requests.expire(), DEADLINE_CHECK_MS)
    this.#followCrowd()
    for (const phase of this.#scenario.phases.keys()) this.#followArrivals(phase)
    await this.#overOr(signal)
    this.#timers.cancelAll()
    this.#visitors.end()
    this.#requests.cut()
    await this.#idleWithin(signal.aborted ? 0 : GRACE_MS)
    clearInterval(deadlineCheck)
    this.#requests.abort()
  }

  #overOr(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      this.#timers.after(scenarioDurationMs(this.#scenario) - this.#now(), resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
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

  #followCrowd(): void {
    this.#visitors.advance(this.#now())
    const nextMs = this.#visitors.crowd.nextChangeAtMs()
    if (nextMs === Number.POSITIVE_INFINITY) return
    this.#timers.after(nextMs - this.#now(), () => this.#followCrowd())
  }

  #followArrivals(phase: number): void {
    const starts = sessionStarts(this.#scenario.phases[phase]!, this.#streams.stream(`arrivals/${phase}`))
    const next = (): void => {
      const start = starts.next()
      if (start.done) return
      this.#timers.after(start.value - this.#now(), () => {
        this.#visitors.arrive(phase)
        next()
      })
    }
    next()
  }

  #beginSession(visitor: Visitor): void {
    const { session } = visitor
    // When the next request ought to start: the end of the pause before it.
    let dueMs = Number.NaN
    const isGone = (): boolean => visitor.gone || visitor.session !== session
    driveProcess<SessionResult>(
      visitor.process,
      {
        call: (step, resume) => {
          const nowMs = this.#now()
          // A timer may fire a fraction of a millisecond early; nobody starts before they want to.
          const intendedMs = Number.isNaN(dueMs) ? nowMs : Math.min(dueMs, nowMs)
          dueMs = Number.NaN
          const { phase, profile } = visitor
          const key = this.#visitors.nextRequestKey(visitor)
          this.#requests.begin({ step, key, phase, profile, session, intendedMs, isGone, resume })
        },
        pause: (ms, resume) => {
          dueMs = this.#now() + ms
          this.#timers.after(ms, () => {
            if (!isGone()) resume()
          })
        },
        spawn: (process: Process<void>) => {
          throw new Error(`a session spawned a process: ${String(process)}`)
        },
      },
      (result) => this.#visitors.finish(visitor, result),
    )
  }
}
