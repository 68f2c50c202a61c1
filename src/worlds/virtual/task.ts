/** What is under way in the virtual world: processes of services, the requests of users, and the calls of both. */
import type { CallStep, FailureKind, Process, Reply } from '../../core/index.ts'
import type { RouteMatch } from '../../shop/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import type { Visitor } from '../visitor.ts'

/** A process of a service: a handler of an endpoint, or something spawned by one. Sessions belong to their visitors. */
export interface Task {
  readonly process: Process<unknown>
  /** The call that it answers; undefined for spawned tasks. */
  readonly answers: Call | undefined
  /** Handed on to the calls that it makes. */
  readonly origin: TracedOrigin
  readonly key: number
  /** Calls made so far. */
  calls: number
}

/** A request of a user: one attempt, or several. Pooled. */
export interface UserRequest {
  readonly slot: number
  /** Tells this use of the slot from the ones before and after. */
  serial: number
  step: CallStep
  visitor: Visitor
  key: number
  origin: TracedOrigin
  startMs: number
  /** Attempts made so far, hedges among them. */
  attempts: number
  retries: number
  /** What came of the attempt that ended last, and the shortest time that it could have taken. */
  reply: Reply
  boundMs: number
  /** Attempts without a reply that somebody still waits for. */
  readonly open: Call[]
}

/** A call on its way through balancer and replica. Pooled: all fields are set anew for every call. */
export interface Call {
  readonly slot: number
  /** Tells this use of the slot from the ones before and after. */
  serial: number
  step: CallStep
  /** The task that waits for it; undefined for an attempt at a user's request. */
  caller: Task | undefined
  /** The request that it is an attempt at; undefined for a task's call. */
  request: UserRequest | undefined
  origin: TracedOrigin
  key: number
  startMs: number
  /** Number of the service, and of the instance that was chosen (-1: none). */
  service: number
  instance: number
  match: RouteMatch | undefined
  /** The log's token for the decision; undefined if there is no log. */
  pending: unknown
  queueMs: number
  workMs: number
  /** Shortest time that this call could have taken; its children are added as they return. */
  boundMs: number
  reply: Reply
  /** Why the instance gave no answer; the reply is then the balancer's own. */
  failure: FailureKind | null
  /** Where it is now. */
  stage: Stage
  /** The client's patience ended: the answer, when it comes, is nobody's. */
  abandoned: boolean
  /** The balancer has given the instance up: what still comes back is nobody's. */
  givenUp: boolean
}

/**
 * working: a replica has it; handling: its handler waits for other services; returning: an answer is on its way;
 * lost: nobody has it any more.
 */
export type Stage = 'working' | 'handling' | 'returning' | 'lost'

/** The next attempt at a request, due some time. */
export interface Timer {
  readonly request: UserRequest
  readonly requestSerial: number
  /** The attempt is a hedge, not a retry. */
  readonly hedge: boolean
}
