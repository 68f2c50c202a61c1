/** One call on its way through balancer and replica: an attempt at what a user wants, or a service asking another. */
import { type CallStep, type FailureKind, isServerFailure, type Reply } from '../../core/index.ts'
import type { RouteMatch } from '../../shop/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import type { Task } from './task.ts'
import type { UserRequest } from './user-request.ts'

/**
 * working: a replica has it; handling: its handler waits for other services; held: the instance has an answer and
 * holds it back; returning: the answer is on its way; lost: nobody has it any more.
 */
export type Stage = 'working' | 'handling' | 'held' | 'returning' | 'lost'

const NO_REPLY: Reply = { status: 0 }

// All fields from the start, and of one kind each: a call is looked at a dozen times, and V8 likes all calls to look alike.
export class Call {
  /** Place in the list of calls; another call may have it later, but not the number. */
  slot = -1
  readonly number: number
  readonly step: CallStep
  readonly origin: TracedOrigin
  readonly key: number
  readonly startMs: number
  /** The request that it is an attempt at, or the task that waits for it. */
  readonly request: UserRequest | undefined
  readonly caller: Task | undefined
  /** Number of the service, and of the instance that was chosen (-1: none). */
  service = -1
  instance = -1
  /** Index of its route class. */
  route = -1
  match: RouteMatch | undefined = undefined
  /** The log's token for the decision; undefined if there is no log. */
  pending: unknown = undefined
  /** Its work at speed 1; NaN if no replica has taken it. */
  sizeMs = Number.NaN
  queueMs = Number.NaN
  workMs = Number.NaN
  /** Jobs that waited at the instance when it had done the work. */
  queueDepth = Number.NaN
  /** Shortest time that this call could have taken; what was done for it is added when it is done. */
  boundMs: number
  reply: Reply = NO_REPLY
  /** Why the instance gave no answer; the reply is then the balancer's own. */
  failure: FailureKind | null = null
  stage: Stage = 'working'
  /**
   * Whoever asked has the reply, be it the instance's or the balancer's own. In the latter case the instance may still
   * be at it, and what comes of that is nobody's.
   */
  delivered = false
  /** Nobody waits any more, be it that the client's patience ended or that a copy was faster. */
  abandoned = false
  /** The copy of it that the balancer has sent to another instance, or what it is a copy of. */
  twin: Call | undefined = undefined
  isCopy = false

  constructor(
    number: number,
    step: CallStep,
    origin: TracedOrigin,
    key: number,
    startMs: number,
    hopMs: number,
    request: UserRequest | undefined,
    caller: Task | undefined,
  ) {
    this.number = number
    this.step = step
    this.origin = origin
    this.key = key
    this.startMs = startMs
    this.boundMs = hopMs
    this.request = request
    this.caller = caller
  }

  get failed(): boolean {
    return isServerFailure(this.reply)
  }
}
