/** What a user wants: one attempt or, where the client's policy says so, several. */
import type { CallStep, Reply } from '../../core/index.ts'
import { TracedOrigin } from '../trace-id.ts'
import type { Visitor } from '../visitor.ts'
import type { Call } from './call.ts'

const NO_REPLY: Reply = { status: 0 }

export class UserRequest {
  readonly visitor: Visitor
  readonly step: CallStep
  readonly key: number
  readonly origin: TracedOrigin
  readonly startMs: number
  /** Attempts made so far, hedges among them. */
  attempts = 0
  retries = 0
  /** What came of the attempt that ended last, and the shortest time that it could have taken. */
  reply = NO_REPLY
  boundMs = Number.NaN
  /** The attempt that is under way, and the copy of it that a hedge has sent. */
  first: Call | undefined = undefined
  copy: Call | undefined = undefined
  finished = false

  constructor(visitor: Visitor, step: CallStep, key: number, startMs: number) {
    this.visitor = visitor
    this.step = step
    this.key = key
    this.origin = new TracedOrigin(key, 0, visitor.phase, visitor.profileIndex)
    this.startMs = startMs
  }

  get isOpen(): boolean {
    return this.first !== undefined
  }

  /** An attempt is under way. There are never more than two. */
  begin(attempt: Call): void {
    this.attempts++
    if (this.first === undefined) this.first = attempt
    else this.copy = attempt
  }

  /** An attempt has come to its end. */
  end(attempt: Call): void {
    if (this.first === attempt) this.first = this.copy
    this.copy = undefined
  }

  /** What is still under way is nobody's. */
  abandon(): void {
    if (this.first !== undefined) this.first.abandoned = true
    if (this.copy !== undefined) this.copy.abandoned = true
    this.first = undefined
    this.copy = undefined
  }
}
