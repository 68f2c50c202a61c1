/**
 * The requests of users over real sockets. What an attempt that ends and a timer that is due come to is decided in
 * `../../traffic/attempted-request.ts`; here it is sent, timed and told, and what nobody waits for is aborted.
 */
import { failureClass, keyOf, mixKeys } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { attemptKey, ClientPolicy, FINISH, KEEP_WAITING } from '../../traffic/index.ts'
import type { FinishedRequest, RunObserver } from '../run-observer.ts'
import type { Capture } from './capture/capture.ts'
import type { EngineUser } from './engine/engine-user.ts'
import { type HttpClient, resultOf } from './engine/http-client.ts'
import { replyOf } from './engine/live-reply.ts'
import { Timers } from './timers.ts'
import { type AttemptEvents, AttemptsUnderWay, UserAttempt } from './user-attempt.ts'
import { UserRequest, type Wish } from './user-request.ts'
import { WrittenRequests } from './written-requests.ts'

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
  /** Whose timers retries and hedges get; of its own if not given. */
  readonly timers?: { after(delayMs: number, action: () => void): unknown }
}

export class UserRequests implements AttemptEvents {
  readonly #options: UserRequestsOptions
  readonly #now: () => number
  readonly #policy: ClientPolicy
  readonly #written: WrittenRequests
  /** Numbers of the behaviours. */
  readonly #profiles: ReadonlyMap<string, number>
  readonly #runKey: number
  readonly #underWay = new AttemptsUnderWay()
  /** Those that are to be sent again. */
  readonly #waiting = new Set<UserRequest>()
  readonly #ownTimers = new Timers()
  readonly #timers: NonNullable<UserRequestsOptions['timers']>
  readonly #finished = { boundMs: Number.NaN } as FinishedRequest
  #size = 0
  /** The time while an attempt is being handed over, so that the clock need not be read again. */
  #nowMs = Number.NaN
  #dispatching: UserAttempt | undefined

  /** Called whenever a request has been finished and none is left. */
  onIdle: () => void = () => {}

  constructor(options: UserRequestsOptions) {
    const { scenario, pathPrefix, now } = options
    this.#options = options
    this.#now = now
    this.#policy = new ClientPolicy(scenario.client)
    this.#written = new WrittenRequests(scenario, pathPrefix)
    this.#profiles = new Map(Object.keys(scenario.behaviors).map((profile, i) => [profile, i]))
    this.#runKey = keyOf(options.accountPrefix)
    this.#timers = options.timers ?? this.#ownTimers
  }

  /** Requests that are not finished. */
  get size(): number {
    return this.#size
  }

  /** At the start of each session: what the client keeps for the one whose session it is. */
  userOf(visitor: { engineUser: EngineUser | undefined }): EngineUser {
    const user = (visitor.engineUser ??= this.#options.client.newUser())
    user.beginSession()
    return user
  }

  /** @param nowMs the present, for whoever has just looked */
  begin(wish: Wish, nowMs: number = this.#now()): void {
    const traceKey = mixKeys(wish.key, this.#runKey)
    const request = new UserRequest(wish, traceKey, this.#profiles.get(wish.profile) ?? -1, nowMs)
    this.#size++
    this.#attempt(request, nowMs)
    const hedgeAfterMs = request.sent(this.#policy, nowMs)
    if (hedgeAfterMs !== Number.POSITIVE_INFINITY) {
      this.#timers.after(hedgeAfterMs, () => this.#hedge(request))
    }
  }

  /** Gives up the attempts whose time is over. */
  expire(): void {
    const nowMs = this.#now()
    for (let next = this.#underWay.first; next !== undefined; next = this.#underWay.first) {
      if (next.deadlineMs > nowMs) return
      next.end('timeout')
    }
  }

  /** The run is over: what waited for a retry gets none. */
  cut(): void {
    for (const request of this.#waiting) this.#finish(request, this.#now())
    this.#waiting.clear()
  }

  /** Gives everything up that is still under way. */
  abort(): void {
    for (let next = this.#underWay.first; next !== undefined; next = this.#underWay.first) next.end('aborted')
    this.cut()
    this.#ownTimers.cancelAll()
  }

  onAssigned({ request }: UserAttempt): void {
    if (!request.isWritten) request.startMs = this.#timeOfSending()
  }

  onSent({ request }: UserAttempt): void {
    if (request.isWritten) return
    request.isWritten = true
    request.startMs = this.#timeOfSending()
  }

  onEnded(attempt: UserAttempt): void {
    this.#underWay.remove(attempt)
    // What cannot be sent fails at once: a session that goes on at once as well would never let go.
    if (attempt === this.#dispatching) setImmediate(() => this.#ended(attempt))
    else this.#ended(attempt)
  }

  #ended(attempt: UserAttempt): void {
    const { request, captured } = attempt
    if (captured !== undefined) this.#options.capture!.onEnd(captured, resultOf(attempt))
    const reply = replyOf(attempt, request.step.reads ?? 'json')
    const nowMs = this.#now()
    const next = request.end(attempt, reply, this.#policy, request.wish.isGone(), nowMs)
    if (next === KEEP_WAITING) return
    if (next === FINISH) return this.#finish(request, nowMs)
    this.#waiting.add(request)
    this.#timers.after(next, () => this.#retry(request))
  }

  #attempt(request: UserRequest, nowMs: number): void {
    const { scenario, client, capture } = this.#options
    const { step, wish, attempts } = request
    const key = attemptKey(request.key, attempts)
    const written = this.#written.write(step)
    const headers = this.#written.headers(written, request, attempts, key)
    const deadlineMs = nowMs + scenario.client.timeoutMs
    const attempt = new UserAttempt(request, written, headers, wish.user, deadlineMs, this)
    request.begin(attempt)
    this.#underWay.add(attempt)
    if (capture !== undefined) {
      const { trace, phase, profile } = request
      attempt.captured = capture.onSend(step.request, { trace, hop: 0, attempt: attempts, phase, profile })
    }
    this.#dispatching = attempt
    this.#nowMs = nowMs
    client.dispatch(attempt)
    this.#dispatching = undefined
    this.#nowMs = Number.NaN
  }

  #timeOfSending(): number {
    return Number.isNaN(this.#nowMs) ? this.#now() : this.#nowMs
  }

  #hedge(request: UserRequest): void {
    if (request.hedge(request.wish.isGone())) this.#attempt(request, this.#now())
  }

  #retry(request: UserRequest): void {
    const due = request.retry(request.wish.isGone())
    if (due === 'nothing') return
    this.#waiting.delete(request)
    if (due === 'send') this.#attempt(request, this.#now())
    else this.#finish(request, this.#now())
  }

  #finish(request: UserRequest, nowMs: number): void {
    const { first, copy, wish } = request
    // Before the aborts: what they bring is nobody's.
    request.finish()
    this.#size--
    first?.end('aborted')
    copy?.end('aborted')
    this.#tell(request, nowMs)
    if (this.#size === 0) this.onIdle()
    if (!wish.isGone()) wish.resume(request.reply)
  }

  #tell(request: UserRequest, endMs: number): void {
    const { step, reply, startMs } = request
    const { profile, session, intendedMs } = request.wish
    const failure = failureClass(step, reply)
    const finished = this.#finished
    finished.origin = request
    finished.profile = profile
    finished.session = session
    finished.action = step.name
    finished.service = step.request.service
    finished.attempts = request.attempts
    finished.retries = request.retries
    finished.intendedMs = intendedMs
    finished.readyMs = request.readyMs
    finished.startMs = startMs
    finished.endMs = endMs
    finished.reply = reply
    finished.failure = failure
    finished.expected = failure === null
    finished.tags = step.tags
    finished.bytes = reply.bytes ?? Number.NaN
    finished.mistake = step.mistake ?? null
    this.#options.observer.onRequest(finished)
  }
}
