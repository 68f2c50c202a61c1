/**
 * The requests of users over real sockets, each made of one attempt or, where the client's policy says so, of several:
 * retries one after the other, a hedge beside the first. The first usable answer counts, and the others are aborted.
 * The same rules as in `../virtual/user-requests.ts`.
 */
import {
  type CallStep,
  DeadlineQueue,
  type FailureKind,
  isAsExpected,
  isServerFailure,
  keyOf,
  mixKeys,
  type Reply,
} from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { attemptKey, ClientPolicy } from '../../traffic/index.ts'
import type { FinishedRequest, RunObserver } from '../run-observer.ts'
import { traceId } from '../trace-id.ts'
import type { HttpClient } from './http-client.ts'
import { toHttpCall, toReply } from './json-http.ts'
import { Timers } from './timers.ts'

export interface UserRequestsOptions {
  readonly scenario: Scenario
  readonly observer: RunObserver
  readonly client: HttpClient
  /** Path in front of `/<service>`. */
  readonly pathPrefix: string
  /** Tells the traces of this run from those of another with the same seed against the same target. */
  readonly accountPrefix: string
  readonly now: () => number
}

/** What a session wants, and who it is. */
export interface Wish {
  readonly step: CallStep
  readonly key: number
  /** Number of the phase. */
  readonly phase: number
  readonly profile: string
  readonly session: number
  /** When it ought to start. */
  readonly intendedMs: number
  /** Whether nobody waits for it any more: it is then neither sent again nor resumed. */
  readonly isGone: () => boolean
  readonly resume: (reply: Reply) => void
}

interface UserRequest extends Wish {
  readonly trace: string
  readonly startMs: number
  /** Attempts made so far, hedges among them. */
  attempts: number
  retries: number
  /** Attempts without a reply that somebody still waits for. */
  readonly open: Set<number>
  /** What came of the attempt that ended last. */
  reply: Reply
  finished: boolean
}

export class UserRequests {
  readonly #options: UserRequestsOptions
  readonly #policy: ClientPolicy
  readonly #deadlines: DeadlineQueue
  readonly #profiles: readonly string[]
  readonly #runKey: number
  readonly #requests = new Set<UserRequest>()
  /** By attempt: how to end it early. */
  readonly #aborts = new Map<number, (reason: FailureKind) => void>()
  readonly #timers = new Timers()
  readonly #finished = { boundMs: Number.NaN } as FinishedRequest
  #lastAttempt = 0

  /** Called whenever a request has been finished and none is left. */
  onIdle: () => void = () => {}

  constructor(options: UserRequestsOptions) {
    const { client, behaviors } = options.scenario
    this.#options = options
    this.#policy = new ClientPolicy(client)
    this.#deadlines = new DeadlineQueue(client.timeoutMs)
    this.#profiles = Object.keys(behaviors)
    this.#runKey = keyOf(options.accountPrefix)
  }

  /** Requests that are not finished. */
  get size(): number {
    return this.#requests.size
  }

  begin(wish: Wish): void {
    const nowMs = this.#options.now()
    const request: UserRequest = {
      ...wish,
      trace: traceId(mixKeys(wish.key, this.#runKey)),
      startMs: nowMs,
      attempts: 0,
      retries: 0,
      open: new Set(),
      reply: { status: 0, failure: 'aborted' },
      finished: false,
    }
    this.#requests.add(request)
    this.#attempt(request)
    if (this.#policy.single) return
    this.#policy.onRequest(nowMs)
    const hedgeAfterMs = this.#policy.hedgeAfterMs(wish.step.request)
    if (hedgeAfterMs !== Number.POSITIVE_INFINITY) {
      this.#timers.after(hedgeAfterMs, () => this.#goOn(request, true))
    }
  }

  /** Gives up the attempts whose time is over. */
  expire(): void {
    const nowMs = this.#options.now()
    for (let id = this.#deadlines.takeDue(nowMs); id !== -1; id = this.#deadlines.takeDue(nowMs)) {
      this.#aborts.get(id)?.('timeout')
    }
  }

  /** The run is over: what waited for a retry gets none. */
  cut(): void {
    for (const request of this.#requests) if (request.open.size === 0) this.#finish(request)
  }

  /** Gives everything up that is still under way. */
  abort(): void {
    for (const abort of this.#aborts.values()) abort('aborted')
    this.cut()
    this.#timers.cancelAll()
  }

  #attempt(request: UserRequest): void {
    const { scenario, client, pathPrefix, now } = this.#options
    const { step, trace, phase, profile, open } = request
    const attempt = request.attempts++
    const key = attemptKey(request.key, attempt)
    const context = { trace, phase: scenario.phases[phase]!.name, profile, hop: 0, attempt, key }
    const id = ++this.#lastAttempt
    open.add(id)
    this.#deadlines.add(id, now())
    const call = toHttpCall(step.request, context, pathPrefix)
    const abort = client.send(call, (result) => this.#ended(request, id, toReply(result)))
    // A client that is closed has answered already.
    if (open.has(id)) this.#aborts.set(id, abort)
  }

  #ended(request: UserRequest, id: number, reply: Reply): void {
    this.#aborts.delete(id)
    // It was aborted because another attempt has brought the answer.
    if (!request.open.delete(id)) return
    request.reply = reply
    if (isServerFailure(reply)) {
      // A copy of it is still under way: that one decides.
      if (request.open.size > 0) return
      if (this.#retries(request, reply)) return
    }
    this.#finish(request)
  }

  /** Returns whether there will be another attempt. */
  #retries(request: UserRequest, reply: Reply): boolean {
    if (this.#policy.single || request.isGone()) return false
    const { step, retries, key } = request
    const waitMs = this.#policy.retryAfterMs(step.request, reply, retries, key, this.#options.now())
    if (waitMs < 0) return false
    this.#timers.after(waitMs, () => this.#goOn(request, false))
    return true
  }

  /** A retry or a hedge is due, if the request still is. */
  #goOn(request: UserRequest, hedge: boolean): void {
    if (request.finished) return
    if (request.isGone()) {
      // An attempt that is still under way ends the request when it comes back.
      if (request.open.size === 0) this.#finish(request)
      return
    }
    if (!hedge) request.retries++
    this.#attempt(request)
  }

  #finish(request: UserRequest): void {
    request.finished = true
    this.#requests.delete(request)
    const others = [...request.open]
    request.open.clear()
    for (const id of others) this.#aborts.get(id)?.('aborted')
    this.#tell(request)
    if (this.#requests.size === 0) this.onIdle()
    if (!request.isGone()) request.resume(request.reply)
  }

  #tell(request: UserRequest): void {
    const { trace, phase, profile, step, reply } = request
    const finished = this.#finished
    finished.origin = { trace, hop: 0, attempt: 0, phase, profile: this.#profiles.indexOf(profile) }
    finished.profile = profile
    finished.session = request.session
    finished.action = step.name
    finished.service = step.request.service
    finished.attempts = request.attempts
    finished.retries = request.retries
    finished.intendedMs = request.intendedMs
    finished.startMs = request.startMs
    finished.endMs = this.#options.now()
    finished.reply = reply
    finished.expected = isAsExpected(reply, step.expects)
    finished.mistake = step.mistake ?? null
    this.#options.observer.onRequest(finished)
  }
}
