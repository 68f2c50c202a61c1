/** Who is told what came of a call: the balancer and its log of every answer, the observer of what clients met. */
import { isAsExpected, isServerFailure, type Reply } from '../../core/index.ts'
import type { DecisionLog } from '../../experience/index.ts'
import type { ServiceRouter } from '../../routing/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import type { DecisionObserver, FinishedRequest, RunObserver } from '../run-observer.ts'
import type { Call } from './task.ts'

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
    this.#observer = observer
    this.#decisions = decisions
    this.#routers = routers
    this.#log = log
    this.#profiles = Object.keys(scenario.behaviors)
  }

  /** The balancer has the answer of an instance. A call for which there was none is not its business. */
  answered(call: Call, nowMs: number): void {
    const { service, instance, pending, queueMs, workMs } = call
    if (instance === -1) return
    const latencyMs = nowMs - call.startMs
    const failed = isServerFailure(call.reply)
    this.#routers[service]!.onAnswer(instance, nowMs, latencyMs, failed)
    this.#decisions.onAnswer(service, instance, latencyMs, failed)
    if (pending === undefined) return
    const { status } = call.reply
    this.#log!.onOutcome(pending, { status, latencyMs, queueMs, workMs, failure: null, failed }, nowMs)
  }

  /** A client has its reply, or has given up on it. */
  finished(call: Call, reply: Reply, nowMs: number): void {
    const finished = this.#finished
    finished.profile = this.#profiles[call.origin.profile]!
    finished.session = call.caller.session
    finished.action = call.step.name
    finished.service = call.step.request.service
    finished.origin = call.origin
    finished.intendedMs = call.startMs
    finished.startMs = call.startMs
    finished.endMs = nowMs
    finished.reply = reply
    finished.expected = isAsExpected(reply, call.step.expects)
    finished.boundMs = call.boundMs
    this.#observer.onRequest(finished)
  }
}
