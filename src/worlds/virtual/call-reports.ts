/** Who is told what came of a call: the balancer and its log of every answer, the observer of what users met. */
import { failureClass } from '../../core/index.ts'
import type { DecisionLog } from '../../experience/index.ts'
import type { ServiceRouter } from '../../routing/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import type { DecisionObserver, FinishedRequest, RunObserver, WaitedForBy } from '../run-observer.ts'
import type { Call } from './call.ts'
import type { UserRequest } from './user-request.ts'

interface Listeners {
  readonly scenario: Scenario
  readonly observer: RunObserver
  readonly decisions: DecisionObserver
}

export class CallReports {
  readonly #observer: RunObserver
  readonly #decisions: DecisionObserver
  readonly #routers: readonly ServiceRouter[]
  readonly #log: DecisionLog | undefined
  readonly #profiles: readonly string[]
  readonly #finished = {} as FinishedRequest

  constructor(
    { scenario, observer, decisions }: Listeners,
    routers: readonly ServiceRouter[],
    log?: DecisionLog,
  ) {
    this.#profiles = Object.keys(scenario.behaviors)
    this.#observer = observer
    this.#decisions = decisions
    this.#routers = routers
    this.#log = log
  }

  /** A call is on its way to its instance. */
  sent(call: Call, nowMs: number): void {
    if (this.#decisions.onSent === undefined) return
    const { service, instance, sizeMs } = call
    this.#decisions.onSent(service, instance, nowMs, sizeMs, waitedForBy(call))
  }

  /** The balancer has the answer of an instance, or none. A call that it sent to nobody is not its business. */
  answered(call: Call, nowMs: number): void {
    const { service, instance, route, pending, queueDepth, queueMs, workMs, failure, failed } = call
    if (instance === -1) return
    const latencyMs = nowMs - call.startMs
    const router = this.#routers[service]!
    // Without an answer, the instance has not told anything either.
    const told = failure === null
    if (told) router.onAnswer(instance, nowMs, latencyMs, failed, queueDepth, queueMs, workMs, route)
    else router.onAnswer(instance, nowMs, latencyMs, failed, Number.NaN, Number.NaN, Number.NaN, route)
    // What the sessions of other segments do is simulated here and told there; the log knows them by their origin.
    if (!call.origin.foreign) this.#decisions.onAnswer(service, instance, latencyMs, failed)
    if (pending === undefined) return
    const status = failure === null ? call.reply.status : 0
    this.#log!.onOutcome(pending, { status, latencyMs, queueMs, workMs, failure, failed }, nowMs)
  }

  /** The balancer gave a request to no instance. */
  shed({ service, origin }: Call): void {
    if (!origin.foreign) this.#decisions.onShed(service)
  }

  /** A user has the reply, or has given up on it. */
  finished(request: UserRequest, nowMs: number): void {
    if (request.origin.foreign) return
    const { visitor, step, startMs, reply } = request
    const finished = this.#finished
    finished.profile = this.#profiles[request.origin.profile]!
    finished.session = visitor.session
    finished.action = step.name
    finished.service = step.request.service
    finished.origin = request.origin
    finished.attempts = request.attempts
    finished.retries = request.retries
    finished.intendedMs = startMs
    finished.readyMs = startMs
    finished.startMs = startMs
    finished.endMs = nowMs
    finished.reply = reply
    finished.failure = failureClass(step, reply)
    finished.expected = finished.failure === null
    finished.tags = step.tags
    finished.bytes = reply.bytes ?? Number.NaN
    finished.mistake = step.mistake ?? null
    // Who gives up early has waited for less than the work would have taken.
    finished.boundMs = Math.min(request.boundMs, nowMs - startMs)
    this.#observer.onRequest(finished)
  }
}

/** Up the chain of those who asked, to a user or to a task that was spawned. */
function waitedForBy(call: Call): WaitedForBy {
  if (call.isCopy) return 'twin'
  let asked: Call | undefined = call
  while (asked?.caller !== undefined) asked = asked.caller.answers
  return asked === undefined ? 'nobody' : 'user'
}
