/**
 * The requests of users, each made of one attempt or, where the client's policy says so, of several: retries one after
 * the other, a hedge beside the first. The first usable answer counts, and what still comes back is nobody's.
 */
import { type CallStep, isServerFailure, type Reply } from '../../core/index.ts'
import type { ClientPolicy } from '../../traffic/index.ts'
import type { Visitor } from '../visitor.ts'
import type { Visitors } from '../visitors.ts'
import { type Agenda, ATTEMPT } from './agenda.ts'
import type { Call } from './call.ts'
import type { CallReports } from './call-reports.ts'
import { Slots } from './slots.ts'
import { UserRequest } from './user-request.ts'

const TIMED_OUT: Reply = { status: 0, failure: 'timeout' }

/** The next attempt at a request, due some time: a hedge, or a retry. */
interface Timer {
  readonly request: UserRequest
  readonly hedge: boolean
}

export interface UserRequestsOptions {
  readonly agenda: Agenda
  readonly policy: ClientPolicy
  readonly visitors: Visitors
  readonly reports: CallReports
  /** Sends one attempt. */
  readonly attempt: (request: UserRequest) => void
  readonly resume: (visitor: Visitor, reply: Reply) => void
}

export class UserRequests {
  readonly #options: UserRequestsOptions
  /** Those that wait for a retry. */
  readonly #waiting = new Set<UserRequest>()
  readonly #timers = new Slots<Timer>()

  constructor(options: UserRequestsOptions) {
    this.#options = options
  }

  /** A session wants something. */
  begin(visitor: Visitor, step: CallStep): void {
    const { agenda, policy, visitors, attempt } = this.#options
    const request = new UserRequest(visitor, step, visitors.nextRequestKey(visitor), agenda.nowMs)
    attempt(request)
    if (policy.single) return
    policy.onRequest(agenda.nowMs)
    const hedgeAfterMs = policy.hedgeAfterMs(step.request)
    if (hedgeAfterMs !== Number.POSITIVE_INFINITY) this.#sendLater(request, hedgeAfterMs, true)
  }

  /** An attempt has its answer. */
  answered(call: Call): void {
    this.#ended(call, call.reply)
  }

  /** The client gives an attempt up, while the shop works on regardless. */
  giveUp(call: Call): void {
    // The other copy of it was faster.
    if (call.abandoned) return
    call.abandoned = true
    this.#ended(call, TIMED_OUT)
  }

  /** A retry or a hedge is due, if the request still is. */
  goOn(timer: number): void {
    const { request, hedge } = this.#timers.take(timer)
    if (request.finished) return
    // What has failed already is tried again, but not hedged: there is nothing to be faster than.
    if (hedge && !request.isOpen) return
    if (!hedge) this.#waiting.delete(request)
    if (request.visitor.gone) {
      // An attempt that is still under way ends the request when it comes back.
      if (!request.isOpen) this.#finish(request)
      return
    }
    if (!hedge) request.retries++
    this.#options.attempt(request)
  }

  /** The run is over: what waited for a retry gets none. */
  cut(): void {
    for (const request of this.#waiting) this.#finish(request)
    this.#waiting.clear()
  }

  #ended(call: Call, reply: Reply): void {
    const request = call.request!
    request.end(call)
    request.reply = reply
    request.boundMs = call.boundMs
    if (isServerFailure(reply)) {
      // A copy of it is still under way: that one decides.
      if (request.isOpen) return
      if (this.#retries(request, reply)) return
    }
    this.#finish(request)
  }

  #retries(request: UserRequest, reply: Reply): boolean {
    const { agenda, policy } = this.#options
    if (policy.single || request.visitor.gone) return false
    const { step, retries, key } = request
    const waitMs = policy.retryAfterMs(step.request, reply, retries, key, agenda.nowMs)
    if (waitMs < 0) return false
    this.#waiting.add(request)
    this.#sendLater(request, waitMs, false)
    return true
  }

  #sendLater(request: UserRequest, afterMs: number, hedge: boolean): void {
    const { agenda } = this.#options
    const timer = this.#timers.put({ request, hedge })
    agenda.schedule(agenda.nowMs + afterMs, ATTEMPT, timer)
  }

  #finish(request: UserRequest): void {
    const { agenda, reports, resume } = this.#options
    request.abandon()
    request.finished = true
    reports.finished(request, agenda.nowMs)
    const { visitor, reply } = request
    resume(visitor, reply)
  }
}
