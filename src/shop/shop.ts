/** The shop as a whole: its routes, its state and its replicas. Worlds drive it; it drives nothing. */
import { type FailureKind, type Process, RandomStreams, type Reply, type Request } from '../core/index.ts'
import {
  instanceIds,
  type Scenario,
  SERVICES,
  type ServiceName,
  type ServiceTime,
} from '../scenario/index.ts'
import { refuse } from './endpoint.ts'
import { endpoints } from './endpoints/index.ts'
import type { Host } from './host.ts'
import { Replica } from './replica.ts'
import { type RouteMatch, RouteTable } from './route-table.ts'
import { drawServiceTimeMs } from './service-time.ts'
import { ShopState } from './state.ts'
import { isExpiredToken, signingMint, type TokenMint } from './token.ts'

/** What it costs to say that there is no such route. */
const NO_ROUTE_WORK: ServiceTime = { meanMs: 1, sigma: 0 }

export class Shop {
  readonly routes = new RouteTable(endpoints)
  readonly state: ShopState
  /** Replicas by service, in the order of the rows of an observation. */
  readonly replicas: Readonly<Record<ServiceName, readonly Replica[]>>
  /** By route class, the one of unknown routes last. */
  readonly #work: readonly ServiceTime[]

  constructor(scenario: Scenario, mint: TokenMint = signingMint(`loadgen-${scenario.seed}`)) {
    this.state = new ShopState(scenario.products, mint, new RandomStreams(scenario.seed))
    this.#work = [...endpoints.map(({ name, work }) => scenario.shop.work[name] ?? work), NO_ROUTE_WORK].map(
      ({ meanMs, sigma }) => ({ meanMs: meanMs * scenario.shop.workScale, sigma }),
    )
    this.replicas = Object.fromEntries(
      SERVICES.map((service) => [service, replicasOf(service, scenario)]),
    ) as Record<ServiceName, Replica[]>
  }

  match(request: Request): RouteMatch | undefined {
    return this.routes.match(request.service, request.method, request.path)
  }

  /** Number of the route class, also for a path that no endpoint has. */
  routeOf(match: RouteMatch | undefined): number {
    return match?.route ?? this.routes.names.length - 1
  }

  /** The work of a job in ms at speed 1. */
  workMs(match: RouteMatch | undefined, jobKey: number): number {
    return drawServiceTimeMs(this.#work[this.routeOf(match)]!, jobKey)
  }

  /** Answers a request whose work `host` has done: at once, or as a process. */
  handle(
    request: Request,
    match: RouteMatch | undefined,
    now: () => number,
    host: Host,
  ): Reply | Process<Reply> {
    if (match === undefined) return refuse(404, `No route ${request.method} ${request.path}`, request, now())
    const { endpoint, parameter } = match
    const user = endpoint.open ? undefined : this.state.userOf(request.token, now())
    if (!endpoint.open && user === undefined)
      return refuse(401, whyUnknown(request.token, now()), request, now())
    return endpoint.handle({ request, parameter, user, state: this.state, now, host })
  }
}

function replicasOf(service: ServiceName, scenario: Scenario): Replica[] {
  const { speeds, workers, queueLimit, discipline } = scenario.shop.services[service]
  const ids = instanceIds(scenario, service)
  return speeds.map((speed, i) => new Replica({ id: ids[i]!, workers, queueLimit, speed, discipline }))
}

function whyUnknown(token: string | undefined, nowMs: number): string {
  return token !== undefined && isExpiredToken(token, nowMs)
    ? 'Token has expired'
    : 'Missing or invalid token'
}

/** The reply of a replica whose waiting room is full. */
export function overloaded(request: Request, nowMs: number): Reply {
  return refuse(503, 'Too many requests are waiting', request, nowMs)
}

/** The reply of the balancer when no instance may be chosen. */
export function noInstance(service: string): Reply {
  return { status: 503, body: { error: `No healthy instances available for service: ${service}` } }
}

/** The reply of the balancer when its policy gives the request to none of the instances that might have it. */
export function shed(service: string): Reply {
  return { status: 503, body: { error: `Overloaded: requests are being shed for service: ${service}` } }
}

/** The reply of the balancer when the instance that it chose gave none. */
export function upstreamFailed(failure: FailureKind): Reply {
  return { status: failure === 'timeout' ? 504 : 502, body: { error: `Upstream failed: ${failure}` } }
}

/** The reply of an instance that a fault makes answer with an error. */
export function faulty(status: number, request: Request, nowMs: number): Reply {
  return refuse(status, 'Injected fault', request, nowMs)
}
