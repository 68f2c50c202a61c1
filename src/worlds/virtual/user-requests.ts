/**
 * The requests of users on the agenda. What an attempt that ends and a timer that is due come to is decided in
 * `../../traffic/attempted-request.ts`; here it is sent, scheduled and told.
 */
import type { CallStep, Reply } from '../../core/index.ts'
import { type ClientPolicy, FINISH, KEEP_WAITING } from '../../traffic/index.ts'
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
    const hedgeAfterMs = request.sent(policy, agenda.nowMs)
    if (hedgeAfterMs !== Number.POSITIVE_INFINITY) this.#sendLater(request, hedgeAfterMs, true)
  }

  /**
   * An attempt has its answer.
   *
   * @param boundMs the shortest time that it could have taken
   */
  answered(call: Call, reply: Reply, boundMs: number): void {
    this.#ended(call, reply, boundMs)
  }

  /** The client gives an attempt up, while the shop works on regardless. */
  giveUp(call: Call): void {
    // The other copy of it was faster.
    if (call.abandoned) return
    call.abandoned = true
    this.#ended(call, TIMED_OUT, call.boundMs)
  }

  /** A retry or a hedge is due, if the request still is. */
  goOn(timer: number): void {
    const { request, hedge } = this.#timers.take(timer)
    const { gone } = request.visitor
    if (hedge) {
      if (request.hedge(gone)) this.#options.attempt(request)
      return
    }
    const due = request.retry(gone)
    if (due === 'nothing') return
    this.#waiting.delete(request)
    if (due === 'send') this.#options.attempt(request)
    else this.#finish(request)
  }

  /** The run is over: what waited for a retry gets none. */
  cut(): void {
    for (const request of this.#waiting) this.#finish(request)
    this.#waiting.clear()
  }

  #ended(call: Call, reply: Reply, boundMs: number): void {
    const { agenda, policy } = this.#options
    const request = call.request!
    request.boundMs = boundMs
    const next = request.end(call, reply, policy, request.visitor.gone, agenda.nowMs)
    if (next === KEEP_WAITING) return
    if (next === FINISH) return this.#finish(request)
    this.#waiting.add(request)
    this.#sendLater(request, next, false)
  }

  #sendLater(request: UserRequest, afterMs: number, hedge: boolean): void {
    const { agenda } = this.#options
    const timer = this.#timers.put({ request, hedge })
    agenda.schedule(agenda.nowMs + afterMs, ATTEMPT, timer)
  }

  #finish(request: UserRequest): void {
    const { agenda, reports, resume } = this.#options
    request.finish()
    reports.finished(request, agenda.nowMs)
    const { visitor, reply } = request
    resume(visitor, reply)
  }
}
