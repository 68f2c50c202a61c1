/**
 * One request of a user and the attempts at it: retries one after the other, a hedge beside the first. It decides what
 * each end of an attempt and each timer comes to; the worlds only send, keep the timers and tell what came of it.
 *
 * The virtual world has one of these for every request, on its hot path: it allocates nothing once it is made.
 */
import { type CallStep, isServerFailure, type Reply } from '../core/index.ts'
import type { ClientPolicy } from './client-policy.ts'

/** The reply stands: what is still under way is nobody's, and the request is to be finished. */
export const FINISH = -1
/** Another attempt is still under way: that one decides. */
export const KEEP_WAITING = -2

/** What to do when a retry is due. */
export type DueRetry = 'send' | 'finish' | 'nothing'

/** Where nothing has come back, nobody has waited for it either. */
const NO_REPLY: Reply = { status: 0, failure: 'aborted' }

/** @typeParam Attempt what a world knows an attempt by; compared by identity, and never undefined */
export class AttemptedRequest<Attempt> {
  readonly step: CallStep
  readonly key: number
  /** Attempts made so far, hedges among them. */
  attempts = 0
  retries = 0
  /** What came of the attempt that ended last. */
  reply = NO_REPLY
  /** The attempt that is under way, and the copy of it that a hedge has sent. */
  first: Attempt | undefined = undefined
  copy: Attempt | undefined = undefined
  finished = false

  constructor(step: CallStep, key: number) {
    this.step = step
    this.key = key
  }

  /** Everything that was sent has failed, and a retry is still to come: there is none once the run is over. */
  get awaitsRetry(): boolean {
    return !this.finished && this.first === undefined
  }

  /** Its first attempt has been sent: returns after how many milliseconds a hedge is due; Infinity: never. */
  sent(policy: ClientPolicy, nowMs: number): number {
    if (policy.single) return Number.POSITIVE_INFINITY
    policy.onRequest(nowMs)
    return policy.hedgeAfterMs(this.step.request)
  }

  isUnderWay(attempt: Attempt): boolean {
    return this.first === attempt || this.copy === attempt
  }

  /** An attempt is under way. There are never more than two. */
  begin(attempt: Attempt): void {
    this.attempts++
    if (this.first === undefined) this.first = attempt
    else this.copy = attempt
  }

  /**
   * An attempt has come to its end, be it with an answer or because the client has waited long enough.
   *
   * @param gone whether nobody waits for the request any more
   * @returns FINISH, KEEP_WAITING, or after how many milliseconds a retry is due
   */
  end(attempt: Attempt, reply: Reply, policy: ClientPolicy, gone: boolean, nowMs: number): number {
    // The other copy was faster.
    if (!this.isUnderWay(attempt)) return KEEP_WAITING
    if (this.first === attempt) this.first = this.copy
    this.copy = undefined
    this.reply = reply
    // A script may hope for a 503.
    if (!isServerFailure(reply) || this.step.accepts?.(reply.status) === true) return FINISH
    if (this.first !== undefined) return KEEP_WAITING
    if (gone || policy.single) return FINISH
    const waitMs = policy.retryAfterMs(this.step.request, reply, this.retries, this.key, nowMs)
    return waitMs < 0 ? FINISH : waitMs
  }

  /**
   * A hedge is due: whether to send it. What has failed already is tried again, but not hedged: there is nothing to
   * be faster than.
   */
  hedge(gone: boolean): boolean {
    return !gone && this.first !== undefined && this.copy === undefined
  }

  /** A retry is due, if the request still is. It counts as made if it is to be sent. */
  retry(gone: boolean): DueRetry {
    if (!this.awaitsRetry) return 'nothing'
    if (gone) return 'finish'
    this.retries++
    return 'send'
  }

  /** Nobody waits any more: whatever still comes back is nobody's. */
  finish(): void {
    this.first = undefined
    this.copy = undefined
    this.finished = true
  }
}
