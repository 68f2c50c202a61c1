/** How long clients, and the balancer, wait: one deadline per call, all of the same length, looked after by a single event. */
import { DeadlineQueue } from '../../core/index.ts'
import { type Agenda, PATIENCE } from './agenda.ts'
import type { Call } from './call.ts'
import type { Slots } from './slots.ts'

/** A call's slot and number in one: 2^21 slots, 2^32 calls. */
const SLOT_SPAN = 2 ** 21

export class Patience {
  readonly #agenda: Agenda
  readonly #calls: Slots<Call>
  readonly #deadlines: DeadlineQueue
  readonly #index: number
  #scheduled = false

  /** @param index tells its PATIENCE events from those of others */
  constructor(timeoutMs: number, calls: Slots<Call>, agenda: Agenda, index: number) {
    this.#agenda = agenda
    this.#calls = calls
    this.#index = index
    this.#deadlines = new DeadlineQueue(timeoutMs)
  }

  /** Somebody begins to wait for the answer of `call`. */
  start(call: Call): void {
    this.#deadlines.add(call.number * SLOT_SPAN + call.slot, this.#agenda.nowMs)
    if (!this.#scheduled) this.#scheduleNext()
  }

  /** A PATIENCE event has come: calls `give up` with every call that has been waited for long enough. */
  end(giveUp: (call: Call) => void): void {
    const { nowMs } = this.#agenda
    for (let id = this.#deadlines.takeDue(nowMs); id !== -1; id = this.#deadlines.takeDue(nowMs)) {
      if (this.#isWaiting(id)) giveUp(this.#calls.at(id % SLOT_SPAN)!)
    }
    this.#scheduleNext()
  }

  #scheduleNext(): void {
    this.#deadlines.dropStale(this.#isWaiting)
    const dueAtMs = this.#deadlines.nextDueAtMs()
    this.#scheduled = dueAtMs !== Number.POSITIVE_INFINITY
    this.#agenda.schedule(dueAtMs, PATIENCE, this.#index)
  }

  /** Whether the call that a deadline was set for has no answer yet. */
  readonly #isWaiting = (id: number): boolean => {
    const call = this.#calls.at(id % SLOT_SPAN)
    return call !== undefined && !call.delivered && call.number === Math.floor(id / SLOT_SPAN)
  }
}
