/**
 * Hedges of the balancer: a call that may be repeated safely, and has no answer after a while, is sent to another
 * instance as well (Dean and Barroso: "The Tail at Scale", CACM 2013). The first answer counts; a failure is none as
 * long as the other one is under way. Neither is taken back: the instance that was too late works on to the end.
 *
 * The copy is the same request, so it is the same work. It is a decision of its own, which repeats the first.
 */
import type { ServiceRouter } from '../../routing/index.ts'
import { type Agenda, COPY_PATIENCE, HEDGE } from './agenda.ts'
import type { Call } from './call.ts'
import { Slots } from './slots.ts'

/** Methods that change nothing (RFC 9110, section 9.2.1), as far as the shop has them. */
const SAFE = 'GET'

export class Hedges {
  readonly #agenda: Agenda
  readonly #routers: readonly ServiceRouter[]
  readonly #clientTimeoutMs: number
  readonly #planned = new Slots<Call>()
  /** Attempts of clients that have failed, while their copies are under way. */
  readonly #failed = new Slots<Call>()

  constructor(agenda: Agenda, routers: readonly ServiceRouter[], clientTimeoutMs: number) {
    this.#agenda = agenda
    this.#routers = routers
    this.#clientTimeoutMs = clientTimeoutMs
  }

  /** A call has been sent: its hedge is due later, if the policy hedges. */
  plan(call: Call): void {
    const { hedgeAfterMs } = this.#routers[call.service]!.policy
    if (hedgeAfterMs === undefined || call.step.request.method !== SAFE) return
    this.#agenda.schedule(this.#agenda.nowMs + hedgeAfterMs, HEDGE, this.#planned.put(call))
  }

  /** A HEDGE event has come: returns the call to be copied, or undefined if nobody waits for it any more. */
  due(slot: number): Call | undefined {
    const call = this.#planned.take(slot)
    return call.delivered || call.abandoned ? undefined : call
  }

  /**
   * The answer of a call, or of a copy, is there.
   *
   * @returns the call that was made for whoever asked, if they get this answer; undefined if it is nobody's
   */
  settle(call: Call): Call | undefined {
    const { twin } = call
    const asked = call.isCopy ? twin! : call
    if (asked.abandoned) return undefined
    if (twin === undefined) return asked
    if (call.failed && !twin.delivered) {
      if (!call.isCopy) this.#awaitCopy(call)
      return undefined
    }
    asked.abandoned = true
    return asked
  }

  /** A COPY_PATIENCE event has come: returns the attempt that its client gives up, if it still waits for the copy. */
  patienceEnds(slot: number): Call | undefined {
    const call = this.#failed.take(slot)
    return call.abandoned ? undefined : call
  }

  /** The slot of what has failed is free for others, and the deadline that its client set for it void: here it goes on. */
  #awaitCopy(call: Call): void {
    if (call.request === undefined) return
    this.#agenda.schedule(call.startMs + this.#clientTimeoutMs, COPY_PATIENCE, this.#failed.put(call))
  }
}
