/** What a user wants over real sockets, and what is kept of it while it is under way. */
import type { CallStep, Reply } from '../../core/index.ts'
import type { CallOrigin } from '../../experience/index.ts'
import { AttemptedRequest } from '../../traffic/index.ts'
import { traceId } from '../trace-id.ts'
import type { EngineUser } from './engine/engine-user.ts'
import type { UserAttempt } from './user-attempt.ts'

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
  /** With cookies and connections of their own; undefined: with those of nobody. */
  readonly user?: EngineUser | undefined
  /** Whether nobody waits for it any more: it is then neither sent again nor resumed. */
  readonly isGone: () => boolean
  readonly resume: (reply: Reply) => void
}

/** Its first attempt's origin, too: the trace id is made when somebody asks for it. */
export class UserRequest extends AttemptedRequest<UserAttempt> implements CallOrigin {
  readonly wish: Wish
  /** The trace id follows from it. */
  readonly traceKey: number
  readonly phase: number
  /** Number of the behaviour. */
  readonly profile: number
  readonly hop: number = 0
  readonly attempt: number = 0
  /** When it was ready to be sent. */
  readonly readyMs: number
  /** When its first attempt was written to a connection; until then, when one was looked for. NaN: none was free yet. */
  startMs = Number.NaN
  isWritten = false
  #trace: string | undefined = undefined

  constructor(wish: Wish, traceKey: number, profile: number, readyMs: number) {
    super(wish.step, wish.key)
    this.wish = wish
    this.traceKey = traceKey
    this.phase = wish.phase
    this.profile = profile
    this.readyMs = readyMs
  }

  get trace(): string {
    return (this.#trace ??= traceId(this.traceKey))
  }
}
