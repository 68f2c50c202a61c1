/**
 * The balancer as a real HTTP server: `/proxy/<service>/...` goes to the instance that the policy chooses.
 *
 * Upstream statuses pass through unchanged. Its decisions are recorded where they are made. A client that goes away
 * ends nothing: the instance works on, and what becomes of the decision is still worth knowing.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { isServerFailure, type Method } from '../../core/index.ts'
import type { ExperienceLog, PendingDecision } from '../../experience/index.ts'
import type { ServiceRouter } from '../../routing/index.ts'
import { SERVICES, type ServiceName } from '../../scenario/index.ts'
import { noInstance, type Shop, upstreamFailed } from '../../shop/index.ts'
import type { DecisionObserver } from '../run-observer.ts'
import type { HttpCall, HttpClient, HttpResult } from './http-client.ts'
import { routedMethod, sendJson } from './http-server.ts'
import { MAX_TIMER_MS } from './timers.ts'
import { readTraceContext, type TraceContext } from './trace-headers.ts'

const PROXY = '/proxy/'
/** Headers of one connection only (RFC 9110, section 7.6.1), and those that are written anew. */
const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'expect',
  'x-trace-id',
])

export interface BalancerOptions {
  readonly shop: Shop
  /** In the order of SERVICES, as are the upstreams of each. */
  readonly routers: readonly ServiceRouter[]
  readonly upstreams: readonly (readonly HttpClient[])[]
  readonly phases: readonly string[]
  readonly profiles: readonly string[]
  readonly log: ExperienceLog | undefined
  readonly decisions: DecisionObserver
  /** After so long without an answer, an instance is given up. */
  readonly timeoutMs: number
  readonly now: () => number
}

/** One request on its way. */
interface Passage {
  readonly service: number
  readonly instance: number
  readonly startMs: number
  readonly pending: PendingDecision | undefined
  readonly trace: string
  readonly response: ServerResponse
}

export class Balancer {
  readonly #options: BalancerOptions
  readonly #timeoutMs: number

  constructor(options: BalancerOptions) {
    this.#options = options
    this.#timeoutMs = Math.min(options.timeoutMs, MAX_TIMER_MS)
  }

  /** Handles one request of a client or of a service. */
  handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = request.url ?? '/'
    if (url === '/actuator/health') return sendJson(response, 200, { status: 'UP' })
    const pathAt = url.indexOf('/', PROXY.length)
    const name = url.startsWith(PROXY) && pathAt !== -1 ? url.slice(PROXY.length, pathAt) : ''
    const service = SERVICES.indexOf(name as ServiceName)
    if (service === -1)
      return sendJson(response, 404, { error: `No service at ${url}: use /proxy/<service>/...` })
    this.#route(service, url.slice(pathAt), request, body, response)
  }

  #route(
    service: number,
    path: string,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): void {
    const { shop, routers, upstreams, now } = this.#options
    const context = readTraceContext(request.headers)
    const method = request.method as Method
    const route = shop.routeOf(shop.routes.match(SERVICES[service]!, routedMethod(method), path))
    const router = routers[service]!
    const startMs = now()
    const instance = router.decide(startMs, route)
    if (instance === -1) {
      const { status, body: refusal } = noInstance(SERVICES[service]!)
      return sendJson(response, status, refusal, { 'retry-after': '1' })
    }
    const pending = this.#record(service, instance, route, context)
    router.onStart(instance, startMs)
    const passage: Passage = { service, instance, startMs, pending, trace: context.trace, response }
    const headers = forwardedHeaders(request.rawHeaders)
    headers.push('x-trace-id', context.trace)
    const call: HttpCall = { method, path, headers, ...(body.length > 0 ? { body } : {}) }
    const timer = setTimeout(() => abort('timeout'), this.#timeoutMs)
    const abort = upstreams[service]![instance]!.send(call, (result) => {
      clearTimeout(timer)
      this.#answer(passage, result)
    })
  }

  #record(
    service: number,
    action: number,
    route: number,
    context: TraceContext,
  ): PendingDecision | undefined {
    const { routers, phases, profiles, log } = this.#options
    const { observation, propensities } = routers[service]!
    return log?.onDecision(service, observation, action, propensities, route, {
      trace: context.trace,
      hop: context.hop,
      attempt: context.attempt,
      phase: phases.indexOf(context.phase),
      profile: profiles.indexOf(context.profile),
    })
  }

  #answer({ service, instance, startMs, pending, trace, response }: Passage, result: HttpResult): void {
    const { routers, decisions, log, now } = this.#options
    // We are being closed: that says nothing about the instance, and the log knows how to end what is open.
    if (result.failure === 'aborted') return void response.destroy()
    const nowMs = now()
    const latencyMs = nowMs - startMs
    const { status, failure } = result
    const failed = isServerFailure({ status })
    routers[service]!.onAnswer(instance, nowMs, latencyMs, failed)
    decisions.onAnswer(service, instance, latencyMs, failed)
    if (pending !== undefined) {
      const { queueMs, workMs } = serverTiming(result.headers['server-timing'])
      log!.onOutcome(pending, { status, latencyMs, queueMs, workMs, failure, failed }, nowMs)
    }
    if (failure === null) return passOn(response, result, trace)
    const own = upstreamFailed(failure)
    sendJson(response, own.status, own.body, { 'x-trace-id': trace })
  }
}

/** Names and values in turn, without what concerns only the client's connection. */
function forwardedHeaders(rawHeaders: readonly string[]): string[] {
  const forwarded: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!NOT_FORWARDED.has(rawHeaders[i]!.toLowerCase())) forwarded.push(rawHeaders[i]!, rawHeaders[i + 1]!)
  }
  return forwarded
}

function passOn(response: ServerResponse, { status, headers, body }: HttpResult, trace: string): void {
  const passed: IncomingHttpHeaders = { 'x-trace-id': trace }
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !NOT_FORWARDED.has(name)) passed[name] = value
  }
  // To HEAD, the length is that of the body that GET would have got.
  const length = response.req.method === 'HEAD' ? headers['content-length'] : String(body.length)
  if (status !== 204 && length !== undefined) passed['content-length'] = String(length)
  response.writeHead(status, passed)
  response.end(body)
}

const QUEUE = /queue;dur=([\d.]+)/
const WORK = /work;dur=([\d.]+)/

/** The split of the latency that a replica tells in `Server-Timing` (W3C); NaN where it does not. */
function serverTiming(header: string | string[] | undefined): { queueMs: number; workMs: number } {
  const text = String(header ?? '')
  return { queueMs: Number(QUEUE.exec(text)?.[1]), workMs: Number(WORK.exec(text)?.[1]) }
}
