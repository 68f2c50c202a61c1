/** What a user wants: one attempt or, where the client's policy says so, several. */
import type { CallStep } from '../../core/index.ts'
import { AttemptedRequest } from '../../traffic/index.ts'
import { TracedOrigin } from '../trace-id.ts'
import type { Visitor } from '../visitor.ts'
import type { Call } from './call.ts'

export class UserRequest extends AttemptedRequest<Call> {
  readonly visitor: Visitor
  readonly origin: TracedOrigin
  readonly startMs: number
  /** The shortest time that the attempt that ended last could have taken. */
  boundMs = Number.NaN

  constructor(visitor: Visitor, step: CallStep, key: number, startMs: number) {
    super(step, key)
    this.visitor = visitor
    const { phase, profileIndex, owned } = visitor
    this.origin = new TracedOrigin(key, 0, phase, profileIndex, 0, undefined, !owned)
    this.startMs = startMs
  }

  override finish(): void {
    if (this.first !== undefined) this.first.abandoned = true
    if (this.copy !== undefined) this.copy.abandoned = true
    super.finish()
  }
}
