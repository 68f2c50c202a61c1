/**
 * One replica of a service as a real HTTP server: the queueing model decides when, the shop decides what, and the
 * condition that it is in decides whether.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mixKeys, type Process, type Reply, type Request } from '../../core/index.ts'
import type { ServiceName } from '../../scenario/index.ts'
import {
  type ConditionChange,
  type Effect,
  faulty,
  type Host,
  isReply,
  overloaded,
  type Replica,
  ReplicaCondition,
  type RouteMatch,
  refuse,
  SELF_INFLICTED,
  type Shop,
  type Verdict,
} from '../../shop/index.ts'
import { driveProcess, type StepActions } from './drive-process.ts'
import type { HttpClient } from './engine/http-client.ts'
import { sendJson } from './http-server.ts'
import { toHttpCall, toReply } from './json-http.ts'
import { Listener } from './listener.ts'
import { toRequest, withBody } from './read-request.ts'
import { type Timer, Timers } from './timers.ts'
import { readTraceContext, type TraceContext } from './trace-headers.ts'

/** Where the balancer asks a replica about itself; answered out of turn. */
export const REPORT_PATH = '/actuator/report'
/** Where a policy has a replica probed: `{inFlight, latencyMs}`, the latter null if not known. Out of turn, too. */
export const PROBE_PATH = '/actuator/probe'

interface Job {
  readonly request: Request
  readonly match: RouteMatch | undefined
  readonly context: TraceContext
  readonly arrivedAtMs: number
  readonly response: ServerResponse
}

export interface ReplicaServerOptions {
  readonly service: ServiceName
  readonly replica: Replica
  readonly shop: Shop
  /** Reaches the balancer, for the calls that endpoints make. */
  readonly balancer: () => HttpClient
  readonly now: () => number
  /** When that clock began: clients read dates and the time of a token, so what the shop says is in real time. */
  readonly startEpochMs: number
}

export class ReplicaServer implements Host {
  readonly replica: Replica
  readonly service: ServiceName
  readonly #options: ReplicaServerOptions
  readonly #condition: ReplicaCondition
  readonly #listener: Listener
  readonly #timers = new Timers()
  readonly #jobs = new Map<number, Job>()
  readonly #date = (): number => this.#options.startEpochMs + this.#options.now()
  #lastJob = 0
  #nextLook: Timer | undefined

  constructor(options: ReplicaServerOptions) {
    this.#options = options
    this.replica = options.replica
    this.service = options.service
    this.#condition = new ReplicaCondition(options.replica)
    this.#listener = new Listener((request, body, response) => this.#receive(request, body, response))
  }

  /** The same for as long as it lives, however often it dies. */
  get port(): number {
    return this.#listener.port
  }

  start(): Promise<void> {
    return this.#listener.start()
  }

  async close(): Promise<void> {
    await this.#listener.close()
    this.#timers.cancelAll()
  }

  /** Something befalls the replica, or ends. */
  change({ fault, effect }: ConditionChange): void {
    this.#change(fault, effect)
  }

  /** An endpoint of its own befalls it. */
  befall(effect: Effect | undefined): void {
    this.#change(SELF_INFLICTED, effect)
  }

  #change(fault: number, effect: Effect | undefined): void {
    const lost = this.#condition.change(fault, effect, this.#look())
    for (const job of lost) this.#jobs.delete(job)
    // With the connections goes whatever was not answered: those jobs, and what handlers are still about.
    this.#listener.setOpen(!this.#condition.down)
    this.#schedule()
  }

  #receive(incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { shop, service } = this.#options
    const nowMs = this.#look()
    if (this.#condition.down) return breakOff(response)
    if (incoming.url === REPORT_PATH) return sendJson(response, 200, this.replica.report(nowMs))
    const context = readTraceContext(incoming.headers)
    if (incoming.url === PROBE_PATH) return this.#answerProbe(context, nowMs, response)
    const plain = toRequest(incoming, service)
    const request = withBody(plain, body)
    const match = shop.match(plain)
    const job = { request: request ?? plain, match, context, arrivedAtMs: nowMs, response }
    const verdict = this.#condition.verdictOf(context.key)
    if (verdict !== undefined) return this.#befall(job, verdict)
    if (request === undefined)
      return this.#answer(job, refuse(400, 'The body is not a JSON object', plain, this.#date()))
    this.#admit(job)
  }

  /** Who keeps silent does so here as well; what delays other answers delays this one. */
  #answerProbe({ key }: TraceContext, nowMs: number, response: ServerResponse): void {
    if (this.#condition.verdictOf(key)?.kind === 'silence') return
    const { inFlight, latencyMs } = this.replica.probe(nowMs)
    const body = { inFlight, latencyMs: Number.isNaN(latencyMs) ? null : latencyMs }
    const delayMs = this.#condition.delayMs(key, 0)
    if (delayMs === 0) return sendJson(response, 200, body)
    const timer = this.#timers.after(delayMs, () => sendJson(response, 200, body))
    response.once('close', () => this.#timers.cancel(timer))
  }

  /** A fault takes the request away. */
  #befall(job: Job, verdict: Verdict): void {
    // Its connection is all that is kept of it, until the other end closes that.
    if (verdict.kind === 'silence') return
    if (verdict.kind === 'fail') return this.#send(job, verdict.afterMs, breakOff)
    this.#answer(job, faulty(verdict.status, job.request, this.#date()), undefined, verdict.afterMs)
  }

  #admit(job: Job): void {
    const { shop } = this.#options
    const id = ++this.#lastJob
    this.#jobs.set(id, job)
    const admission = this.replica.arrive(id, shop.workMs(job.match, job.context.key), job.arrivedAtMs)
    if (admission === 'refused') {
      this.#jobs.delete(id)
      return this.#answer(job, overloaded(job.request, this.#date()))
    }
    if (admission === 'working') this.#schedule()
  }

  /** Sets the timer to the next completion. */
  #schedule(): void {
    if (this.#nextLook !== undefined) this.#timers.cancel(this.#nextLook)
    this.#nextLook = undefined
    const atMs = this.replica.nextEventAtMs()
    if (atMs === Number.POSITIVE_INFINITY) return
    this.#nextLook = this.#timers.after(atMs - this.#options.now(), () => {
      this.#look()
      this.#schedule()
    })
  }

  /** Answers the jobs that are done by now, and says when that is: the replica must not hear of an earlier time. */
  #look(): number {
    const nowMs = this.#options.now()
    for (let id = this.replica.advance(nowMs); id !== -1; id = this.replica.advance(nowMs)) {
      const job = this.#jobs.get(id)!
      this.#jobs.delete(id)
      this.#handle(job, this.#timing())
    }
    return nowMs
  }

  /** Of the job that was done last, and who waits now: `Server-Timing`. */
  #timing(): string {
    const { completedQueueMs, completedWorkMs, waiting } = this.replica
    return `queue;dur=${completedQueueMs.toFixed(3)}, work;dur=${completedWorkMs.toFixed(3)}, depth;desc=${waiting}`
  }

  #handle(job: Job, timing: string): void {
    const result = this.#options.shop.handle(job.request, job.match, this.#date, this)
    if (isReply(result)) return this.#answer(job, result, timing)
    driveProcess<Reply>(result, this.#actions(job.context), (reply) => this.#answer(job, reply, timing))
  }

  /** @param afterMs time that a fault lets pass before the answer, apart from what delays all of them */
  #answer(job: Job, reply: Reply, timing?: string, afterMs = 0): void {
    this.#send(job, afterMs, (response) => sendReply(response, reply, timing))
  }

  /** Ends a request, as late as faults will have it, unless its client has gone by then. */
  #send({ context, arrivedAtMs, response }: Job, afterMs: number, end: (to: ServerResponse) => void): void {
    if (response.destroyed) return
    const spentMs = this.#options.now() - arrivedAtMs
    const delayMs = this.#condition.delayMs(context.key, spentMs) + afterMs
    if (delayMs === 0) return end(response)
    const timer = this.#timers.after(delayMs, () => end(response))
    response.once('close', () => this.#timers.cancel(timer))
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
        this.#timers.after(ms, resume)
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

/** The connection breaks, without an answer. A refusal comes to the same, since the connection is there already. */
function breakOff(response: ServerResponse): void {
  response.req.socket.resetAndDestroy()
}
