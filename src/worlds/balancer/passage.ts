/**
 * One request on its way, top to bottom: its body comes in, the router chooses an instance, the attempt there gets an
 * answer, and the answer goes out. In between stand what can go otherwise: nobody to send it to, another attempt, no
 * answer at all.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallOrigin } from '../../experience/index.ts'
import { affinityOf } from './affinity.ts'
import { type AnswerReader, AnswerWriter } from './answer-writer.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import type { BalancedService } from './balanced-service.ts'
import type { ClientRequest, ClientResponse } from './client-exchange.ts'
import type { CallFailure, CallHead } from './connection-pool.ts'
import type { Entrance } from './front-server.ts'
import { type AnswerHead, answerHeaders, requestHeaders } from './headers.ts'
import type { Arrival, PassageSetting } from './passage-setting.ts'
import {
  failureReply,
  hasNoBody,
  noInstanceReply,
  type OwnReply,
  predecessorReply,
  reply,
} from './replies.ts'
import { type BodyListener, type BodyProblem, readBody, StreamedBody } from './request-body.ts'
import { isSafe } from './retries.ts'
import { behindPrefix } from './service-matcher.ts'

export class Passage implements AttemptOwner, AnswerReader, BodyListener {
  readonly service: BalancedService
  readonly #setting: PassageSetting
  readonly #request: ClientRequest
  readonly #response: ClientResponse
  readonly #origin: CallOrigin
  readonly #entrance: Entrance
  readonly #method: string
  readonly #path: string
  readonly route: number
  readonly #affinity: string
  readonly #authority: string
  readonly #startMs: number
  #call: CallHead | undefined
  /** Instances that have it or had it. */
  readonly #tried: number[] = []
  #underWay = 0
  #retries = 0
  /** The attempt whose answer the client gets. */
  #chosen: Attempt | undefined
  #writer: AnswerWriter | undefined
  #hedgeTimer: NodeJS.Timeout | undefined

  constructor(setting: PassageSetting, service: BalancedService, arrival: Arrival) {
    const { config } = service
    const { request, response, target, origin } = arrival
    this.service = service
    this.#setting = setting
    this.#request = request
    this.#response = response
    this.#origin = origin
    this.#entrance = arrival.entrance
    this.#method = request.method!
    this.#authority = target.authority
    const inner = behindPrefix(target.path, config.match.path)
    this.#path = config.stripPrefix ? inner : target.path
    this.route = service.routeOf(this.#method, inner)
    this.#affinity = affinityOf(config.affinity, request, this.#path)
    this.#startMs = setting.now()
  }

  start(): void {
    const { limits, timeouts } = this.#setting
    this.service.budget?.onRequest(this.#startMs)
    if (hasNoBody(this.#request)) return this.onBody(null)
    // Whoever brings a body comes by node:http.
    if (this.#entrance.awaited) (this.#response as ServerResponse).writeContinue()
    readBody(this.#request as IncomingMessage, limits, timeouts, this)
  }

  onBody(body: Buffer | StreamedBody | null): void {
    const { router } = this.service
    const instance = router.decide(this.#setting.now(), this.route, this.#affinity)
    if (instance === -1) return this.#shed(body)
    this.#call = this.#callHead(body)
    const first = this.#attempt(instance, undefined)
    const { hedgeAfterMs } = router.policy
    if (hedgeAfterMs !== undefined && body === null && isSafe(this.#method)) {
      this.#hedgeTimer = setTimeout(() => this.#hedge(first), hedgeAfterMs)
    }
    first.send()
  }

  onBodyProblem(problem: BodyProblem): void {
    if (problem !== 'gone') this.#say({ status: problem.status, body: { error: problem.error } })
  }

  onHead(attempt: Attempt, status: number, head: AnswerHead): boolean {
    const { compat, retries } = this.#setting
    this.#underWay--
    if (this.#chosen !== undefined || this.#response.destroyed) return false
    if (retries.afterStatus(this.#method, status) && this.#retry(attempt)) return false
    this.#chosen = attempt
    clearTimeout(this.#hedgeTimer)
    if (compat && (status < 200 || status > 299)) {
      this.#say(predecessorReply(status))
      return false
    }
    const headers = this.#answerHeaders(status, head, attempt)
    this.#writer = new AnswerWriter(this.#response, this, status, headers, head.contentLength)
    return true
  }

  onData(chunk: Buffer): boolean {
    return this.#writer!.write(chunk)
  }

  onEnd(): void {
    this.#writer!.end()
    this.#count(this.#response.statusCode)
  }

  onFailed(attempt: Attempt, failure: CallFailure, head: AnswerHead | undefined): void {
    if (head === undefined) this.#underWay--
    if (this.#chosen !== undefined) {
      if (this.#chosen === attempt) this.#breakOff(failure)
      return
    }
    const problem = this.#call!.body instanceof StreamedBody ? this.#call!.body.problem : undefined
    if (problem !== undefined) return this.onBodyProblem(problem)
    if (failure === 'aborted') return void this.#response.destroy()
    const mayRepeat = this.#setting.retries.afterFailure(this.#method, failure)
    if ((mayRepeat && this.#retry(attempt)) || this.#underWay > 0) return
    this.#giveUp(failure)
  }

  onDrain(): void {
    this.#chosen!.goOn()
  }

  onGone(): void {
    this.#chosen!.drop()
    this.#count(0)
  }

  #callHead(body: Buffer | StreamedBody | null): CallHead {
    const { headers: config } = this.#setting
    const headers = requestHeaders(this.#request, config, this.#authority, this.#origin.trace)
    if (body instanceof StreamedBody && body.declaredBytes !== undefined) {
      headers.push('content-length', String(body.declaredBytes))
    }
    const repeatable = !(body instanceof StreamedBody) && this.#setting.retries.onKeptConnection(this.#method)
    return { method: this.#method, path: this.#path, headers, body, repeatable }
  }

  /** Tells everybody that the router has chosen `instance`. */
  #attempt(instance: number, repeats: Attempt | undefined): Attempt {
    const setting = this.#setting
    const { router, index } = this.service
    const { observation, propensities, policy } = router
    const token = setting.log?.onDecision(
      index,
      observation,
      instance,
      propensities,
      this.route,
      this.#origin,
      policy,
      repeats?.decision,
    )
    this.service.probes.send()
    this.#tried.push(instance)
    this.#underWay++
    return new Attempt(this, setting, instance, this.#call!, observation.nowMs, token)
  }

  /** Sends it to another instance as well, or instead. Returns whether there is one. */
  #sendAnother(before: Attempt): boolean {
    const nowMs = this.#setting.now()
    const instance = this.service.router.decideAnother(nowMs, this.route, this.#affinity, this.#tried)
    if (instance === -1) return false
    this.#attempt(instance, before).send()
    return true
  }

  #hedge(first: Attempt): void {
    if (this.#chosen !== undefined || this.#response.destroyed) return
    if (this.#sendAnother(first)) this.service.traffic.onHedge()
  }

  #retry(attempt: Attempt): boolean {
    const { retries, now } = this.#setting
    const { budget, traffic } = this.service
    // A body that streams through is not there any more.
    if (this.#retries >= retries.most || this.#call!.body instanceof StreamedBody) return false
    if (this.#response.destroyed) return false
    if (budget?.spend(now()) === false || !this.#sendAnother(attempt)) return false
    this.#retries++
    traffic.onRetry()
    return true
  }

  #answerHeaders(status: number, head: AnswerHead, attempt: Attempt): string[] {
    const { id } = this.service.router.instances[attempt.instance]!
    const headers = answerHeaders(head, status, this.#origin.trace, this.#setting.headers.instance, id)
    if (this.#isLast() || !this.#request.complete) headers.push('connection', 'close')
    return headers
  }

  /** The connection is not kept. */
  #isLast(): boolean {
    return this.#setting.draining || this.#entrance.last
  }

  /** No instance is eligible, or the policy wants nobody to have it. */
  #shed(body: Buffer | StreamedBody | null): void {
    const { name, traffic, index } = this.service
    if (body instanceof StreamedBody) body.destroy()
    traffic.onShed()
    this.#setting.observer?.onShed(index)
    this.#say(noInstanceReply(name))
  }

  #giveUp(failure: CallFailure): void {
    clearTimeout(this.#hedgeTimer)
    this.#say(failureReply(failure, this.service.name))
  }

  /** The answer was on its way to the client when the instance failed. */
  #breakOff(failure: CallFailure): void {
    const clean = this.#writer?.breakOff() === true
    if (clean && failure !== 'aborted') this.#giveUp(failure)
    else {
      this.#response.destroy()
      this.#count(0)
    }
  }

  #say({ status, body, headers = [] }: OwnReply): void {
    if (!this.#response.destroyed) {
      const all = ['x-trace-id', this.#origin.trace, ...headers]
      reply(this.#response, status, body, all, this.#isLast())
    }
    this.#count(status)
  }

  #count(status: number): void {
    this.service.traffic.onReply(status, this.#setting.now() - this.#startMs)
  }
}
