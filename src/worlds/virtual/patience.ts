/** How long clients wait: one deadline per call, all of the same length, looked after by a single event. */
import { DeadlineQueue } from '../../core/index.ts'
import { type Agenda, PATIENCE } from './agenda.ts'
import type { Pool } from './pool.ts'
import type { Call } from './task.ts'

/** A call's slot and serial in one number: 2^21 slots, 2^32 serials. */
const SLOT_SPAN = 2 ** 21

export class Patience {
  readonly #agenda: Agenda
  readonly #calls: Pool<Call>
  readonly #deadlines: DeadlineQueue
  #scheduled = false

  constructor(timeoutMs: number, calls: Pool<Call>, agenda: Agenda) {
    this.#agenda = agenda
    this.#calls = calls
    this.#deadlines = new DeadlineQueue(timeoutMs)
  }

  /** The client begins to wait for the answer of `call`. */
  start(call: Call): void {
    this.#deadlines.add(call.serial * SLOT_SPAN + call.slot, this.#agenda.nowMs)
    if (!this.#scheduled) this.#scheduleNext()
  }

  /** A PATIENCE event has come: calls `give up` with every call whose client has waited long enough. */
  end(giveUp: (call: Call) => void): void {
    const { nowMs } = this.#agenda
    for (let id = this.#deadlines.takeDue(nowMs); id !== -1; id = this.#deadlines.takeDue(nowMs)) {
      if (this.#isWaiting(id)) giveUp(this.#calls.at(id % SLOT_SPAN))
    }
    this.#scheduleNext()
  }

  #scheduleNext(): void {
    this.#deadlines.dropStale(this.#isWaiting)
    const dueAtMs = this.#deadlines.nextDueAtMs()
    this.#scheduled = dueAtMs !== Number.POSITIVE_INFINITY
    this.#agenda.schedule(dueAtMs, PATIENCE, 0)
  }

  /** Whether the call that a deadline was set for still has a client waiting. */
  readonly #isWaiting = (id: number): boolean => {
    const call = this.#calls.at(id % SLOT_SPAN)
    return call.serial === Math.floor(id / SLOT_SPAN) && !call.abandoned
  }
}
