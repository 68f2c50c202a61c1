/**
 * The clock of the virtual world and all that is going to happen in it.
 *
 * What comes at any time is in a heap. Replies all take the same time to come back, so they are due in the order in
 * which they were sent: they wait in a ring, which costs a fraction of the heap.
 */
import { DeadlineQueue } from '../../core/index.ts'
import { EventQueue } from './event-queue.ts'

// What an event is about; its index says which one.
/** A user has thought long enough. */
export const WAKE = 0
export const REPLY = 1
export const REPLICA = 2
/** The plan of the run wants something: users, the start of a session, an end. */
export const PLAN = 3
export const CONDITION = 4
export const POLL = 5
export const PATIENCE = 6
/** A process of a service goes on. */
export const RESUME = 7
/** Another attempt at a request is due. */
export const ATTEMPT = 8
/** A probe is at its instance, or back with the answer. */
export const PROBE = 9
/** The balancer would send a copy of a call that has no answer yet. */
export const HEDGE = 10
/** A client will not wait any longer for the copy of an attempt that has failed. */
export const COPY_PATIENCE = 11

/** Whose patience ends with a PATIENCE event. */
export const CLIENTS = 0
export const BALANCER = 1

const KIND_BITS = 4
const KIND_MASK = 15

export class Agenda {
  readonly #events = new EventQueue()
  readonly #replies: DeadlineQueue
  #nowMs = 0

  /** @param hopMs time that every reply takes to come back */
  constructor(hopMs: number) {
    this.#replies = new DeadlineQueue(hopMs)
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** When something happens next; Infinity if nothing ever will. */
  get nextTimeMs(): number {
    return Math.min(this.#events.nextTimeMs, this.#replies.nextDueAtMs())
  }

  /** Does nothing for a time that never comes (Infinity). */
  schedule(atMs: number, kind: number, index: number): void {
    if (atMs !== Number.POSITIVE_INFINITY) this.#events.push(atMs, (index << KIND_BITS) | kind)
  }

  /** Schedules a REPLY one hop from now. */
  scheduleReply(index: number): void {
    this.#replies.add(index, this.#nowMs)
  }

  /** Takes the next event and makes its time the present. There must be one. Of equals, replies come last. */
  takeNext(): number {
    const replyAtMs = this.#replies.nextDueAtMs()
    const eventAtMs = this.#events.nextTimeMs
    if (replyAtMs < eventAtMs) {
      this.#nowMs = replyAtMs
      return (this.#replies.takeDue(replyAtMs) << KIND_BITS) | REPLY
    }
    this.#nowMs = eventAtMs
    return this.#events.pop()
  }

  /** The time passes without anything happening. */
  skipTo(timeMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, timeMs)
  }
}

export function kindOf(event: number): number {
  return event & KIND_MASK
}

export function indexOf(event: number): number {
  return event >> KIND_BITS
}
