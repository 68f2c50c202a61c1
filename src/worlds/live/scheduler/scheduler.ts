/**
 * All that is due at some time in a live run, in one queue behind one alarm: think times, retries, and what the plan
 * of the run wants next. A timer of the event loop for each would cost more, and be late by a millisecond.
 */
import { EventQueue } from '../../virtual/event-queue.ts'
import type { Waker, WakerOf } from './waker.ts'

/** What has a time of its own for what it does next, besides the queue: the plan of a run. */
export interface Plan {
  /** Infinity: never. */
  nextAtMs(): number
  /** Carries out all that is due by then. */
  advance(nowMs: number): void
}

/** So many are carried out in one turn of the event loop; answers that have come are read before the next. */
const MOST_PER_TURN = 64
/** A plan that is behind carries out so much of its time at once. */
const PLAN_BATCH_MS = 1

export class Scheduler {
  readonly #now: () => number
  readonly #queue = new EventQueue()
  /** By payload of the queue; and the payloads that are free. */
  readonly #actions: ((() => void) | undefined)[] = []
  readonly #free: number[] = []
  readonly #waker: Waker
  #plan: Plan | undefined
  #armedMs = Number.POSITIVE_INFINITY
  #carriedOut = 0
  #turn: NodeJS.Immediate | undefined
  /** While things are carried out, the alarm is set once, at the end. */
  #awake = false
  #closed = false

  /** @param now milliseconds of the run */
  constructor(now: () => number, waker: WakerOf) {
    this.#now = now
    this.#waker = waker(now, this.#wake)
  }

  /** What kept it from being on time, if anything did. */
  get trouble(): string | null {
    return this.#waker.trouble
  }

  /** Carries out what is due of a plan from now on, as if it were in the queue. */
  follow(plan: Plan): void {
    this.#plan = plan
    this.#wake()
  }

  /** Carries out `action` at `atMs` or soon after, never before. Infinity is never; what has passed is soon. */
  at(atMs: number, action: () => void): void {
    if (this.#closed || atMs === Number.POSITIVE_INFINITY) return
    const slot = this.#free.pop() ?? this.#actions.length
    this.#actions[slot] = action
    this.#queue.push(atMs, slot)
    if (!this.#awake && atMs < this.#armedMs) this.#arm()
  }

  after(delayMs: number, action: () => void): void {
    this.at(this.#now() + delayMs, action)
  }

  /** Nothing is carried out any more. */
  close(): void {
    this.#closed = true
    clearImmediate(this.#turn)
    this.#waker.close()
  }

  readonly #wake = (): void => {
    if (this.#closed || this.#awake) return
    clearImmediate(this.#turn)
    this.#turn = undefined
    this.#awake = true
    try {
      this.#carryOut()
    } finally {
      this.#awake = false
    }
    if (!this.#closed) this.#arm()
  }

  /** In the order of their times; of one millisecond, the plan comes first. */
  #carryOut(): void {
    const nowMs = this.#now()
    for (let i = 0; i < MOST_PER_TURN && !this.#closed; i++) {
      const planMs = this.#plan?.nextAtMs() ?? Number.POSITIVE_INFINITY
      const queueMs = this.#queue.nextTimeMs
      if (planMs > nowMs && queueMs > nowMs) return
      this.#carriedOut++
      if (planMs <= queueMs) this.#plan!.advance(Math.min(nowMs, planMs + PLAN_BATCH_MS))
      else this.#take()
    }
  }

  #take(): void {
    const slot = this.#queue.pop()
    const action = this.#actions[slot]!
    this.#actions[slot] = undefined
    this.#free.push(slot)
    action()
  }

  #arm(): void {
    const nextMs = Math.min(this.#plan?.nextAtMs() ?? Number.POSITIVE_INFINITY, this.#queue.nextTimeMs)
    this.#armedMs = nextMs
    const late = nextMs <= this.#now()
    this.#waker.set(late ? Number.POSITIVE_INFINITY : nextMs, this.#carriedOut)
    this.#carriedOut = 0
    if (late) this.#turn ??= setImmediate(this.#wake)
  }
}
