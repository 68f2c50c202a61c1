/** One replica of a service as a real HTTP server: the queueing model decides when, the shop decides what. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type JsonObject,
  type Method,
  mixKeys,
  type Process,
  type Reply,
  type Request,
} from '../../core/index.ts'
import type { ServiceName } from '../../scenario/index.ts'
import { isReply, overloaded, type Replica, type RouteMatch, refuse, type Shop } from '../../shop/index.ts'
import { driveProcess, type StepActions } from './drive-process.ts'
import type { HttpClient } from './http-client.ts'
import { type RunningServer, routedMethod, sendJson, startHttpServer } from './http-server.ts'
import { toHttpCall, toReply } from './json-http.ts'
import { readTraceContext, type TraceContext } from './trace-headers.ts'

/** Where the balancer asks a replica about itself; answered out of turn. */
export const REPORT_PATH = '/actuator/report'

interface Job {
  readonly request: Request
  readonly match: RouteMatch | undefined
  readonly context: TraceContext
  readonly response: ServerResponse
}

export interface ReplicaServerOptions {
  readonly service: ServiceName
  readonly replica: Replica
  readonly shop: Shop
  /** Reaches the balancer, for the calls that endpoints make. */
  readonly balancer: () => HttpClient
  readonly now: () => number
}

export class ReplicaServer {
  readonly replica: Replica
  readonly service: ServiceName
  readonly #options: ReplicaServerOptions
  readonly #jobs = new Map<number, Job>()
  #lastJob = 0
  #timer: NodeJS.Timeout | undefined
  #server: RunningServer | undefined

  constructor(options: ReplicaServerOptions) {
    this.#options = options
    this.replica = options.replica
    this.service = options.service
  }

  get port(): number {
    return this.#server!.port
  }

  async start(): Promise<void> {
    this.#server = await startHttpServer((request, body, response) => this.#receive(request, body, response))
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#server?.close()
  }

  /** Other clients take part of the speed, or give it back. */
  setSpeedFactor(factor: number): void {
    this.replica.setSpeedFactor(factor, this.#look())
    this.#schedule()
  }

  #receive(incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { now, shop, service } = this.#options
    const nowMs = this.#look()
    if (incoming.url === REPORT_PATH) return sendJson(response, 200, this.replica.report(nowMs))
    const request = toRequest(incoming, body, service)
    if (request === undefined) {
      const path = incoming.url ?? '/'
      return sendReply(response, refuse(400, 'The body is not a JSON object', { path }, now()))
    }
    const match = shop.match(request)
    const context = readTraceContext(incoming.headers)
    const job = ++this.#lastJob
    this.#jobs.set(job, { request, match, context, response })
    const admission = this.replica.arrive(job, shop.workMs(match, context.key), nowMs)
    if (admission === 'refused') {
      this.#jobs.delete(job)
      return sendReply(response, overloaded(request, now()))
    }
    if (admission === 'working') this.#schedule()
  }

  /** Sets the timer to the next completion. */
  #schedule(): void {
    clearTimeout(this.#timer)
    const atMs = this.replica.nextEventAtMs()
    if (atMs === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => {
      this.#look()
      this.#schedule()
    }, atMs - this.#options.now())
  }

  /** Answers the jobs that are done by now, and says when that is: the replica must not hear of an earlier time. */
  #look(): number {
    const nowMs = this.#options.now()
    for (let id = this.replica.advance(nowMs); id !== -1; id = this.replica.advance(nowMs)) {
      const job = this.#jobs.get(id)!
      this.#jobs.delete(id)
      const timing = `queue;dur=${this.replica.completedQueueMs.toFixed(3)}, work;dur=${this.replica.completedWorkMs.toFixed(3)}`
      this.#handle(job, timing)
    }
    return nowMs
  }

  #handle({ request, match, context, response }: Job, timing: string): void {
    const result = this.#options.shop.handle(request, match, this.#options.now)
    if (isReply(result)) return sendReply(response, result, timing)
    driveProcess<Reply>(result, this.#actions(context), (reply) => sendReply(response, reply, timing))
  }

  #actions(context: TraceContext): StepActions {
    let calls = 0
    return {
      call: (step, resume) => {
        const key = mixKeys(context.key, ++calls)
        const call = toHttpCall(step.request, { ...context, hop: context.hop + 1, key }, '/proxy')
        this.#options.balancer().send(call, (result) => resume(toReply(result)))
      },
      pause: (ms, resume) => {
        setTimeout(resume, ms)
      },
      spawn: (process: Process<void>) => {
        const key = mixKeys(context.key, ++calls)
        driveProcess(process, this.#actions({ ...context, key }), () => {})
      },
    }
  }
}

function sendReply(response: ServerResponse, reply: Reply, timing?: string): void {
  sendJson(response, reply.status, reply.body, timing === undefined ? {} : { 'server-timing': timing })
}

/** Undefined if there is a body that is not a JSON object. */
function toRequest(incoming: IncomingMessage, body: Buffer, service: ServiceName): Request | undefined {
  const authorization = incoming.headers.authorization
  const token = authorization?.startsWith('Bearer ') ? { token: authorization.slice(7) } : {}
  const plain = {
    method: routedMethod(incoming.method as Method),
    service,
    path: incoming.url ?? '/',
    ...token,
  }
  if (body.length === 0) return plain
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return undefined
    return { ...plain, body: parsed as JsonObject }
  } catch {
    return undefined
  }
}
