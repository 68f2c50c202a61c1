/**
 * One session on its way in real time. It is its own wish, made anew for each request: a session waits for one reply at
 * a time, so that nothing has to be allocated per step.
 */
import type { CallStep, Process, Reply } from '../../core/index.ts'
import type { SessionResult } from '../../traffic/index.ts'
import type { Visitor } from '../visitor.ts'
import type { Visitors } from '../visitors.ts'
import type { Fidelity } from './fidelity.ts'
import type { Scheduler } from './scheduler/scheduler.ts'
import type { Wish } from './user-request.ts'
import type { UserRequests } from './user-requests.ts'

/** What all sessions of a run have in common. */
export interface SessionSurroundings {
  readonly now: () => number
  readonly visitors: Visitors
  readonly requests: UserRequests
  readonly scheduler: Scheduler
  readonly fidelity: Fidelity
  /** When the run got going on its own clock. */
  launchMs: number
  readonly onFinish: (visitor: Visitor, result: SessionResult) => void
}

export class LiveSession implements Wish {
  readonly session: number
  phase: number
  readonly profile: string
  readonly user: Wish['user']
  step!: CallStep
  key = 0
  intendedMs = Number.NaN
  readonly #around: SessionSurroundings
  readonly #visitor: Visitor
  readonly #process: Process<SessionResult>
  /** When the next request ought to start, if that is known beforehand: the plan wants it then, or a pause ends. */
  #dueMs: number
  /** Most sessions pause, but those of a script with one request do not. */
  #onPauseEnd: (() => void) | undefined

  constructor(visitor: Visitor, around: SessionSurroundings) {
    this.#visitor = visitor
    this.#process = visitor.process
    this.#around = around
    this.session = visitor.session
    this.phase = visitor.phase
    this.profile = visitor.profile
    this.user = around.requests.userOf(visitor)
    // Whoever comes back for another session does so when the one before is over, which nobody has planned.
    // And nothing is late by what it takes to get the run going.
    this.#dueMs = visitor.visits === 1 ? Math.max(visitor.intendedStartMs, around.launchMs) : Number.NaN
  }

  start(): void {
    this.#advance(undefined)
  }

  resume(reply: Reply): void {
    this.#advance(reply)
  }

  isGone(): boolean {
    return this.#visitor.gone || this.#visitor.session !== this.session
  }

  #advance(input: Reply | undefined): void {
    let next = this.#process.next(input)
    // A pause that is over when it begins needs no turn of the event loop.
    while (next.done !== true && next.value.kind === 'pause') {
      if (!this.#isOver(next.value.ms)) return this.#around.scheduler.at(this.#dueMs, this.#afterPause)
      next = this.#process.next(undefined)
    }
    if (next.done === true) return this.#around.onFinish(this.#visitor, next.value)
    const step = next.value
    if (step.kind !== 'call') throw new Error('a session spawned a process')
    this.#call(step)
  }

  #call(step: CallStep): void {
    const { now, visitors, requests, fidelity } = this.#around
    const nowMs = now()
    if (Number.isNaN(this.#dueMs)) this.intendedMs = nowMs
    else {
      this.intendedMs = this.#dueMs
      fidelity.onStart(this.#dueMs, nowMs)
      this.#dueMs = Number.NaN
    }
    this.step = step
    // Users go on to the next phase, sessions or not.
    this.phase = this.#visitor.phase
    this.key = visitors.nextRequestKey(this.#visitor)
    requests.begin(this, nowMs)
  }

  /** Of two pauses in a row, the second begins when the first was to end. */
  #isOver(ms: number): boolean {
    if (ms === 0 && Number.isNaN(this.#dueMs)) return true
    const nowMs = this.#around.now()
    this.#dueMs = (Number.isNaN(this.#dueMs) ? nowMs : this.#dueMs) + ms
    return this.#dueMs <= nowMs
  }

  get #afterPause(): () => void {
    this.#onPauseEnd ??= () => {
      if (!this.isGone()) this.#advance(undefined)
    }
    return this.#onPauseEnd
  }
}
