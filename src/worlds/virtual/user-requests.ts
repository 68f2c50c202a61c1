/**
 * The requests of users, each made of one attempt or, where the client's policy says so, of several: retries one after
 * the other, a hedge beside the first. The first usable answer counts, and what still comes back is nobody's.
 */
import { type CallStep, isServerFailure, type Reply } from '../../core/index.ts'
import type { ClientPolicy } from '../../traffic/index.ts'
import { TracedOrigin } from '../trace-id.ts'
import type { Visitor } from '../visitor.ts'
import type { Visitors } from '../visitors.ts'
import { type Agenda, ATTEMPT } from './agenda.ts'
import type { CallReports } from './call-reports.ts'
import { Pool } from './pool.ts'
import { Slots } from './slots.ts'
import type { Call, Timer, UserRequest } from './task.ts'

const TIMED_OUT: Reply = { status: 0, failure: 'timeout' }

export interface UserRequestsOptions {
  readonly agenda: Agenda
  readonly policy: ClientPolicy
  readonly visitors: Visitors
  readonly reports: CallReports
  /** Sends one attempt. The call is added to `request.open` before it can be answered. */
  readonly attempt: (request: UserRequest) => void
  readonly resume: (visitor: Visitor, reply: Reply) => void
}

export class UserRequests {
  readonly #options: UserRequestsOptions
  /** Those that wait for a retry. */
  readonly #waiting = new Set<UserRequest>()
  readonly #timers = new Slots<Timer>()
  readonly #requests = new Pool<UserRequest>(
    (slot) => ({ slot, serial: 0, open: [] }) as unknown as UserRequest,
  )

  constructor(options: UserRequestsOptions) {
    this.#options = options
  }

  /** A session wants something. */
  begin(visitor: Visitor, step: CallStep): void {
    const { agenda, policy, visitors, attempt } = this.#options
    const request = this.#requests.take()
    request.serial++
    request.step = step
    request.visitor = visitor
    request.key = visitors.nextRequestKey(visitor)
    request.origin = new TracedOrigin(request.key, 0, visitor.phase, visitor.profileIndex)
    request.startMs = agenda.nowMs
    request.attempts = 0
    request.retries = 0
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
    const { request, requestSerial, hedge } = this.#timers.take(timer)
    if (request.serial !== requestSerial) return
    // What has failed already is tried again, but not hedged: there is nothing to be faster than.
    if (hedge && request.open.length === 0) return
    if (!hedge) this.#waiting.delete(request)
    if (request.visitor.gone) {
      // An attempt that is still under way ends the request when it comes back.
      if (request.open.length === 0) this.#finish(request)
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
    const { open } = request
    removeFrom(open, call)
    request.reply = reply
    request.boundMs = call.boundMs
    if (isServerFailure(reply)) {
      // A copy of it is still under way: that one decides.
      if (open.length > 0) return
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
    const timer = this.#timers.put({ request, requestSerial: request.serial, hedge })
    agenda.schedule(agenda.nowMs + afterMs, ATTEMPT, timer)
  }

  #finish(request: UserRequest): void {
    const { agenda, reports, resume } = this.#options
    for (const other of request.open) other.abandoned = true
    request.open.length = 0
    reports.finished(request, agenda.nowMs)
    const { visitor, reply } = request
    request.serial++
    this.#requests.free(request)
    resume(visitor, reply)
  }
}

/** In no order, and without the list that `splice` would make. */
function removeFrom(calls: Call[], call: Call): void {
  calls[calls.indexOf(call)] = calls.at(-1)!
  calls.pop()
}
