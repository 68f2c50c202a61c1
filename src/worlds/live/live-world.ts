/**
 * The live world: the same sessions as in the virtual one, over real sockets and in real time, against a balancer
 * at a URL. Latency counts from the intended start: when a think time was over, not when a busy event loop got
 * round to it.
 */
import {
  type CallStep,
  DeadlineQueue,
  isAsExpected,
  keyOf,
  mixKeys,
  type Process,
  RandomStreams,
  type Reply,
} from '../../core/index.ts'
import { type Scenario, scenarioDurationMs } from '../../scenario/index.ts'
import { type SessionResult, sessionStarts } from '../../traffic/index.ts'
import type { FinishedRequest, RunObserver } from '../run-observer.ts'
import { traceId } from '../trace-id.ts'
import { type Visitor, Visitors } from '../visitors.ts'
import { LiveClock } from './clock.ts'
import { driveProcess } from './drive-process.ts'
import type { HttpClient } from './http-client.ts'
import { toHttpCall, toReply } from './json-http.ts'

const DEADLINE_CHECK_MS = 20
/** At the end of the scenario, requests under way get this long before they are given up. */
const GRACE_MS = 5_000
/** The longest delay that setTimeout takes without overflowing. */
const MAX_TIMER_MS = 2 ** 31 - 1

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
}

/** One request under way. */
interface Exchange {
  readonly abort: (reason: 'timeout' | 'aborted') => void
}

export class LiveWorld {
  readonly #scenario: Scenario
  readonly #observer: RunObserver
  readonly #client: HttpClient
  readonly #pathPrefix: string
  readonly #now: () => number
  readonly #visitors: Visitors
  readonly #deadlines: DeadlineQueue
  readonly #exchanges = new Map<number, Exchange>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #finished = { boundMs: Number.NaN } as FinishedRequest
  readonly #streams: RandomStreams
  /** Tells the traces of this run from those of another with the same seed against the same target. */
  readonly #runKey: number
  readonly #profiles: readonly string[]
  #lastExchange = 0
  #ended = false
  #onIdle: (() => void) | undefined

  constructor(options: LiveWorldOptions) {
    const { scenario, seed, observer } = options
    this.#scenario = scenario
    this.#observer = observer
    this.#client = options.client
    this.#pathPrefix = options.pathPrefix
    this.#now = new LiveClock(options.startEpochMs).now
    this.#deadlines = new DeadlineQueue(scenario.client.timeoutMs)
    this.#streams = new RandomStreams(seed)
    this.#runKey = keyOf(options.accountPrefix)
    this.#profiles = Object.keys(scenario.behaviors)
    this.#visitors = new Visitors({
      scenario,
      seed,
      accountPrefix: options.accountPrefix,
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
    const deadlineCheck = setInterval(() => this.#expire(), DEADLINE_CHECK_MS)
    this.#followCrowd()
    for (const phase of this.#scenario.phases.keys()) this.#followArrivals(phase)
    await this.#overOr(signal)
    this.#ended = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#visitors.end()
    await this.#idleWithin(signal.aborted ? 0 : GRACE_MS)
    clearInterval(deadlineCheck)
    for (const exchange of this.#exchanges.values()) exchange.abort('aborted')
  }

  #overOr(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      this.#after(scenarioDurationMs(this.#scenario) - this.#now(), resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Resolves when no request is under way any more, or after `graceMs`. */
  #idleWithin(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#exchanges.size === 0) return resolve()
      const timer = setTimeout(resolve, graceMs)
      this.#onIdle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #after(delayMs: number, action: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        action()
      },
      Math.min(delayMs, MAX_TIMER_MS),
    )
    this.#timers.add(timer)
  }

  #followCrowd(): void {
    this.#visitors.advance(this.#now())
    const nextMs = this.#visitors.crowd.nextChangeAtMs()
    if (nextMs !== Number.POSITIVE_INFINITY) this.#after(nextMs - this.#now(), () => this.#followCrowd())
  }

  #followArrivals(phase: number): void {
    const starts = sessionStarts(this.#scenario.phases[phase]!, this.#streams.stream(`arrivals/${phase}`))
    const next = (): void => {
      const start = starts.next()
      if (start.done) return
      this.#after(start.value - this.#now(), () => {
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
    const isOver = (): boolean => visitor.gone || visitor.session !== session
    driveProcess<SessionResult>(
      visitor.process,
      {
        call: (step, resume) => {
          const nowMs = this.#now()
          // A timer may fire a fraction of a millisecond early; nobody starts before they want to.
          const intendedMs = Number.isNaN(dueMs) ? nowMs : Math.min(dueMs, nowMs)
          dueMs = Number.NaN
          this.#send(visitor, session, step, intendedMs, (reply) => {
            if (!isOver()) resume(reply)
          })
        },
        pause: (ms, resume) => {
          dueMs = this.#now() + ms
          this.#after(ms, () => {
            if (!isOver()) resume()
          })
        },
        spawn: (process: Process<void>) => {
          throw new Error(`a session spawned a process: ${String(process)}`)
        },
      },
      (result) => this.#visitors.finish(visitor, result),
    )
  }

  #send(
    visitor: Visitor,
    session: number,
    step: CallStep,
    intendedMs: number,
    resume: (reply: Reply) => void,
  ): void {
    const { phase, profile } = visitor
    const key = this.#visitors.nextRequestKey(visitor)
    const trace = traceId(mixKeys(key, this.#runKey))
    const context = { trace, phase: this.#scenario.phases[phase]!.name, profile, hop: 0, key }
    const startMs = this.#now()
    const id = ++this.#lastExchange
    const finish = (reply: Reply): void => {
      this.#exchanges.delete(id)
      Object.assign(this.#finished, {
        origin: { trace, hop: 0, phase, profile: this.#profiles.indexOf(profile) },
        profile,
        session,
        action: step.name,
        service: step.request.service,
        intendedMs,
        startMs,
        endMs: this.#now(),
        reply,
        expected: isAsExpected(reply, step.expects),
      })
      this.#observer.onRequest(this.#finished)
      if (this.#ended && this.#exchanges.size === 0) this.#onIdle?.()
      resume(reply)
    }
    const call = toHttpCall(step.request, context, this.#pathPrefix)
    const abort = this.#client.send(call, (result) => finish(toReply(result)))
    this.#exchanges.set(id, { abort })
    this.#deadlines.add(id, startMs)
  }

  /** Gives up on the requests whose time is over. */
  #expire(): void {
    const nowMs = this.#now()
    for (let id = this.#deadlines.takeDue(nowMs); id !== -1; id = this.#deadlines.takeDue(nowMs)) {
      this.#exchanges.get(id)?.abort('timeout')
    }
  }
}
