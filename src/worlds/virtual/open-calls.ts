/** The calls of this moment: each in its slot, which events name it by, and with the patience of those who wait for it. */
import type { CallStep } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import { type Agenda, BALANCER, CLIENTS } from './agenda.ts'
import { Call } from './call.ts'
import { Patience } from './patience.ts'
import { Slots } from './slots.ts'
import type { Task } from './task.ts'
import type { UserRequest } from './user-request.ts'

export class OpenCalls {
  readonly #agenda: Agenda
  readonly #hopMs: number
  readonly #slots = new Slots<Call>()
  readonly #clients: Patience
  readonly #balancer: Patience
  #made = 0
  #underWay = 0

  constructor({ client, routing, shop }: Scenario, agenda: Agenda) {
    this.#agenda = agenda
    this.#hopMs = shop.hopMs
    this.#clients = new Patience(client.timeoutMs, this.#slots, agenda, CLIENTS)
    this.#balancer = new Patience(routing.timeoutMs, this.#slots, agenda, BALANCER)
  }

  /** Those without an answer. */
  get underWay(): number {
    return this.#underWay
  }

  /**
   * A new call.
   *
   * @param request that it is an attempt at, or `caller`: the task that makes it; a copy of another call has neither
   */
  open(step: CallStep, origin: TracedOrigin, key: number, request?: UserRequest, caller?: Task): Call {
    const call = new Call(this.#made++, step, origin, key, this.#agenda.nowMs, this.#hopMs, request, caller)
    call.slot = this.#slots.put(call)
    this.#underWay++
    return call
  }

  /** A client begins to wait. */
  awaitedByClient(call: Call): void {
    this.#clients.start(call)
  }

  awaitedByBalancer(call: Call): void {
    this.#balancer.start(call)
  }

  /** A PATIENCE event has come. */
  patienceEnds(
    whose: number,
    clientGaveUp: (call: Call) => void,
    balancerGaveUp: (call: Call) => void,
  ): void {
    if (whose === CLIENTS) this.#clients.end(clientGaveUp)
    else this.#balancer.end(balancerGaveUp)
  }

  /** The answer of a call is there; an instance may still be at it. */
  delivered(call: Call): void {
    this.#underWay--
    call.delivered = true
  }

  /** A call that was opened and sent to nobody. */
  discard(call: Call): void {
    this.delivered(call)
    this.close(call.slot)
  }

  at(slot: number): Call {
    return this.#slots.at(slot)!
  }

  all(): Iterable<Call> {
    return this.#slots.all()
  }

  /** Nobody has the call any more: its slot is free. */
  close(slot: number): Call {
    return this.#slots.take(slot)
  }
}
