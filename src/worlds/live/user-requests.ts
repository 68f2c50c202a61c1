/**
 * The requests of users over real sockets. What an attempt that ends and a timer that is due come to is decided in
 * `../../traffic/attempted-request.ts`; here it is sent, timed and told, and what nobody waits for is aborted.
 */
import {
  DeadlineQueue,
  type FailureKind,
  isAsExpected,
  keyOf,
  mixKeys,
  type Reply,
} from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { attemptKey, ClientPolicy, FINISH, KEEP_WAITING } from '../../traffic/index.ts'
import type { FinishedRequest, RunObserver } from '../run-observer.ts'
import { traceId } from '../trace-id.ts'
import type { Capture } from './capture/capture.ts'
import type { HttpClient } from './http-client.ts'
import { toHttpCall, toReply } from './json-http.ts'
import { Timers } from './timers.ts'
import { UserRequest, type Wish } from './user-request.ts'

export interface UserRequestsOptions {
  readonly scenario: Scenario
  readonly observer: RunObserver
  readonly client: HttpClient
  /** Path in front of `/<service>`. */
  readonly pathPrefix: string
  /** Tells the traces of this run from those of another with the same seed against the same target. */
  readonly accountPrefix: string
  /** Records the decisions of a balancer that does not record them itself. */
  readonly capture?: Capture
  readonly now: () => number
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
    const request = new UserRequest(wish, traceId(mixKeys(wish.key, this.#runKey)), nowMs)
    this.#requests.add(request)
    this.#attempt(request)
    const hedgeAfterMs = request.sent(this.#policy, nowMs)
    if (hedgeAfterMs !== Number.POSITIVE_INFINITY) {
      this.#timers.after(hedgeAfterMs, () => this.#hedge(request))
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
    for (const request of this.#requests) if (request.awaitsRetry) this.#finish(request)
  }

  /** Gives everything up that is still under way. */
  abort(): void {
    for (const abort of this.#aborts.values()) abort('aborted')
    this.cut()
    this.#timers.cancelAll()
  }

  #attempt(request: UserRequest): void {
    const { scenario, client, pathPrefix, capture, now } = this.#options
    const { step, trace, attempts: attempt } = request
    const { phase, profile } = request.wish
    const key = attemptKey(request.key, attempt)
    const context = { trace, phase: scenario.phases[phase]!.name, profile, hop: 0, attempt, key }
    const id = ++this.#lastAttempt
    request.begin(id)
    this.#deadlines.add(id, now())
    const call = toHttpCall(step.request, context, pathPrefix)
    const captured = capture?.onSend(step.request, {
      trace,
      hop: 0,
      attempt,
      phase,
      profile: this.#profiles.indexOf(profile),
    })
    const abort = client.send(call, (result) => {
      if (captured !== undefined) capture!.onEnd(captured, result)
      this.#ended(request, id, toReply(result))
    })
    // A client that is closed has answered already.
    if (request.isUnderWay(id)) this.#aborts.set(id, abort)
  }

  #ended(request: UserRequest, id: number, reply: Reply): void {
    this.#aborts.delete(id)
    const next = request.end(id, reply, this.#policy, request.wish.isGone(), this.#options.now())
    if (next === KEEP_WAITING) return
    if (next === FINISH) return this.#finish(request)
    this.#timers.after(next, () => this.#retry(request))
  }

  #hedge(request: UserRequest): void {
    if (request.hedge(request.wish.isGone())) this.#attempt(request)
  }

  #retry(request: UserRequest): void {
    const due = request.retry(request.wish.isGone())
    if (due === 'send') this.#attempt(request)
    else if (due === 'finish') this.#finish(request)
  }

  #finish(request: UserRequest): void {
    const { first, copy, wish } = request
    // Before the aborts: what they bring is nobody's.
    request.finish()
    this.#requests.delete(request)
    if (first !== undefined) this.#aborts.get(first)?.('aborted')
    if (copy !== undefined) this.#aborts.get(copy)?.('aborted')
    this.#tell(request)
    if (this.#requests.size === 0) this.onIdle()
    if (!wish.isGone()) wish.resume(request.reply)
  }

  #tell(request: UserRequest): void {
    const { trace, step, reply } = request
    const { phase, profile, session, intendedMs } = request.wish
    const finished = this.#finished
    finished.origin = { trace, hop: 0, attempt: 0, phase, profile: this.#profiles.indexOf(profile) }
    finished.profile = profile
    finished.session = session
    finished.action = step.name
    finished.service = step.request.service
    finished.attempts = request.attempts
    finished.retries = request.retries
    finished.intendedMs = intendedMs
    finished.startMs = request.startMs
    finished.endMs = this.#options.now()
    finished.reply = reply
    finished.expected = isAsExpected(reply, step.expects)
    finished.mistake = step.mistake ?? null
    this.#options.observer.onRequest(finished)
  }
}
