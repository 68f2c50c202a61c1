/** What is under way in the virtual world: processes, and the calls that they wait for. */
import type { CallStep, Process, Reply } from '../../core/index.ts'
import type { RouteMatch } from '../../shop/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import type { Visitor } from '../visitors.ts'

/** A process being carried out: a session, a handler of an endpoint, or something spawned by one. */
export interface Task {
  readonly process: Process<unknown>
  /** Whose session it is; undefined below the clients. */
  readonly visitor: Visitor | undefined
  /** The session's number, since the visitor may be in another one by now. */
  readonly session: number
  /** The call that it answers; undefined for sessions and spawned tasks. */
  readonly answers: Call | undefined
  /** Handed on to the calls that it makes. Sessions make a new one for every request. */
  readonly origin: TracedOrigin | undefined
  readonly key: number
  /** Calls made so far. */
  calls: number
}

/** A request on its way through balancer and replica. Pooled: all fields are set anew for every call. */
export interface Call {
  readonly slot: number
  /** Tells this use of the slot from the ones before and after. */
  serial: number
  step: CallStep
  caller: Task
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
  /** The client's patience ended: the answer, when it comes, is nobody's. */
  abandoned: boolean
}
