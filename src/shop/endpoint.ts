/**
 * What an endpoint is: a route, the work that it costs a replica, and a handler over the shop's state.
 *
 * The replica does the work first; then the handler answers at once or, where it needs other services, as a
 * process that calls them through the balancer.
 */
import type { JsonObject, Method, Process, Reply, Request } from '../core/index.ts'
import type { ServiceName, ServiceTime } from '../scenario/index.ts'
import type { Host } from './host.ts'
import { isoTime } from './iso-time.ts'
import type { ShopState, User } from './state.ts'

/** What a handler is handed. */
export interface EndpointCall {
  readonly request: Request
  /** The part of the path that stands for `:name`, decoded; empty where the route has none. */
  readonly parameter: string
  /** Who the bearer token belongs to; undefined on open routes. */
  readonly user: User | undefined
  readonly state: ShopState
  /** Milliseconds since the epoch, which in virtual time is when the shop was raised. Ask again after every call. */
  readonly now: () => number
  /** The replica that has done the work. */
  readonly host: Host
}

export interface Endpoint {
  /** Route class: `<service without -service>.<what>`. */
  readonly name: string
  readonly service: ServiceName
  readonly method: Method
  /** At most one `:parameter`. */
  readonly path: string
  /** Answers without a bearer token. */
  readonly open?: boolean
  readonly work: ServiceTime
  handle(call: EndpointCall): Reply | Process<Reply>
}

/** Tells the two kinds of answer of a handler apart. */
export function isReply(result: Reply | Process<Reply>): result is Reply {
  return 'status' in result
}

/** A reply with a JSON body. */
export function answer(status: number, body: JsonObject | readonly JsonObject[]): Reply {
  return { status, body }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

/** An error reply in the shop's shape. `details` names the wrong fields. */
export function refuse(
  status: number,
  message: string,
  request: Pick<Request, 'path'>,
  nowMs: number,
  details?: JsonObject,
): Reply {
  const body = {
    timestamp: isoTime(nowMs),
    status,
    error: REASONS[status] ?? 'Error',
    message,
    path: request.path,
  }
  return { status, body: details === undefined ? body : { ...body, validationErrors: details } }
}
