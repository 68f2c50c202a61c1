/** One attempt at a request of a user, under way; and all of them, in the order in which their time will be over. */
import type { CapturedAttempt } from './capture/capture.ts'
import type { EngineUser } from './engine/engine-user.ts'
import { Exchange } from './engine/exchange.ts'
import type { UserRequest } from './user-request.ts'
import type { WrittenRequest } from './written-requests.ts'

/** Who sends attempts and wants to know what comes of them. */
export interface AttemptEvents {
  onAssigned(attempt: UserAttempt): void
  onSent(attempt: UserAttempt): void
  onEnded(attempt: UserAttempt): void
}

export class UserAttempt extends Exchange {
  readonly request: UserRequest
  /** When it is given up. */
  readonly deadlineMs: number
  captured: CapturedAttempt | undefined = undefined
  previous: UserAttempt | undefined = undefined
  next: UserAttempt | undefined = undefined
  readonly #events: AttemptEvents

  constructor(
    request: UserRequest,
    { request: { method }, path, body }: WrittenRequest,
    headers: string[],
    user: EngineUser | undefined,
    deadlineMs: number,
    events: AttemptEvents,
  ) {
    super(method, path, headers, body, user, request.step.reads !== 'status')
    this.request = request
    this.deadlineMs = deadlineMs
    this.#events = events
  }

  protected override assigned(): void {
    this.#events.onAssigned(this)
  }

  protected override sent(): void {
    this.#events.onSent(this)
  }

  protected override ended(): void {
    this.#events.onEnded(this)
  }
}

/** All wait equally long, so that the order of their coming is that of their deadlines: a list, and no heap. */
export class AttemptsUnderWay {
  #first: UserAttempt | undefined
  #last: UserAttempt | undefined

  /** The one whose time is over first. */
  get first(): UserAttempt | undefined {
    return this.#first
  }

  add(attempt: UserAttempt): void {
    attempt.previous = this.#last
    if (this.#last === undefined) this.#first = attempt
    else this.#last.next = attempt
    this.#last = attempt
  }

  remove(attempt: UserAttempt): void {
    const { previous, next } = attempt
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    attempt.previous = undefined
    attempt.next = undefined
  }
}
