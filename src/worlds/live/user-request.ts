/** What a user wants over real sockets, and what is kept of it while it is under way. */
import type { CallStep, Reply } from '../../core/index.ts'
import { AttemptedRequest } from '../../traffic/index.ts'

/** What a session wants, and who it is. */
export interface Wish {
  readonly step: CallStep
  readonly key: number
  /** Number of the phase. */
  readonly phase: number
  readonly profile: string
  readonly session: number
  /** When it ought to start. */
  readonly intendedMs: number
  /** Whether nobody waits for it any more: it is then neither sent again nor resumed. */
  readonly isGone: () => boolean
  readonly resume: (reply: Reply) => void
}

/** Its attempts are known by their numbers. */
export class UserRequest extends AttemptedRequest<number> {
  readonly wish: Wish
  readonly trace: string
  readonly startMs: number

  constructor(wish: Wish, trace: string, startMs: number) {
    super(wish.step, wish.key)
    this.wish = wish
    this.trace = trace
    this.startMs = startMs
  }
}
