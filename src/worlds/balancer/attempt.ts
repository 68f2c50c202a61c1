/**
 * One attempt at a request: a decision of the router, a call to the instance that it chose, and what came of it for
 * router, statistics and records. Whoever is told of the answer decides whether the client gets it.
 */
import { type FailureKind, isServerFailure } from '../../core/index.ts'
import type { DecisionLog } from '../../experience/index.ts'
import { type ServerTiming, serverTiming } from '../live/server-timing.ts'
import type { DecisionObserver } from '../run-observer.ts'
import type { BalancedService } from './balanced-service.ts'
import { type CallFailure, type CallHead, UpstreamCall } from './connection-pool.ts'
import { type AnswerHead, answerHead } from './headers.ts'
import type { Patience, Patient } from './patience.ts'
import { StreamedBody } from './request-body.ts'
import type { PolicyTraffic } from './traffic.ts'
import type { Upstream } from './upstream.ts'

/** What is left of an answer that nobody wants is read so far, to keep the connection. */
const MOST_DROPPED_BYTES = 64 * 1024

const NO_TIMING: ServerTiming = { queueMs: Number.NaN, workMs: Number.NaN, queueDepth: Number.NaN }

/** What an attempt is for. */
export interface AttemptOwner {
  readonly service: BalancedService
  /** Index of the route class of the request. */
  readonly route: number
  /** The head of the answer is there. Returns whether the owner wants its body. */
  onHead(attempt: Attempt, status: number, head: AnswerHead): boolean
  /** Returns whether more may come at once. */
  onData(chunk: Buffer): boolean
  onEnd(): void
  /** Nothing (more) comes. `head` is undefined if it never came. */
  onFailed(attempt: Attempt, failure: CallFailure, head: AnswerHead | undefined): void
}

/** Who is told of decisions and outcomes. */
export interface AttemptWitness {
  readonly log: DecisionLog | undefined
  readonly observer: DecisionObserver | undefined
  readonly patience: Patience
  readonly now: () => number
}

export class Attempt extends UpstreamCall implements Patient {
  readonly instance: number
  /** Of the decision in the log, if it is there. */
  readonly decision: number | undefined
  protected readonly head: CallHead
  readonly #owner: AttemptOwner
  readonly #witness: AttemptWitness
  readonly #upstream: Upstream
  readonly #policy: PolicyTraffic
  readonly #token: unknown
  readonly #startMs: number
  /** See `Patient`. */
  dueMs = 0
  place = -1
  #status = 0
  #answer: AnswerHead | undefined
  #wanted = true
  #droppedBytes = 0
  /** The owner cannot take more just now, since the timer was last set. */
  #held = false
  #settled = false

  /** @param token of the decision, from the log */
  constructor(
    owner: AttemptOwner,
    witness: AttemptWitness,
    instance: number,
    head: CallHead,
    startMs: number,
    token: unknown,
  ) {
    super()
    const { router, traffic, upstreams } = owner.service
    this.instance = instance
    this.head = head
    this.decision = witness.log?.decisionOf(token)
    this.#owner = owner
    this.#witness = witness
    this.#upstream = upstreams[instance]!
    this.#policy = traffic.policy
    this.#token = token
    this.#startMs = startMs
    witness.patience.add(this, startMs)
    if (head.body instanceof StreamedBody) head.body.onProgress = () => witness.patience.renew(this)
    router.onStart(instance, startMs, owner.route)
  }

  send(): void {
    this.#upstream.pool.send(this)
  }

  /** The owner can take more. */
  goOn(): void {
    this.#held = false
    this.resume()
  }

  /** The rest of the answer is not wanted: the instance has done its part. */
  drop(): void {
    this.#wanted = false
    this.goOn()
  }

  protected answerHead(status: number, headers: readonly Buffer[]): boolean {
    this.#status = status
    const answer = answerHead(headers)
    if (!answer.sound) {
      this.cut()
      this.failed('framing')
      return true
    }
    this.#answer = answer
    this.#wanted = this.#owner.onHead(this, status, answer)
    return true
  }

  protected answerData(chunk: Buffer): boolean {
    if (!this.#wanted) return this.#discard(chunk)
    if (chunk.length !== this.#answer!.contentLength) this.#witness.patience.renew(this)
    this.#held = !this.#owner.onData(chunk)
    return !this.#held
  }

  protected answerEnd(): void {
    this.#settle(this.#status, null)
    if (this.#wanted) this.#owner.onEnd()
  }

  protected failed(failure: CallFailure, why?: string): void {
    if (failure === 'connect' && why !== undefined) this.#upstream.onUnreachable(why, this.#witness.now())
    if (failure === 'unsent' || this.#brokenOffByClient()) this.#settle(0, 'aborted')
    else if (failure === 'crowded') this.#settle(0, 'connect')
    // Being closed ourselves says nothing about the instance, and the log knows how to end what is open.
    else if (failure === 'aborted') this.#witness.patience.delete(this)
    else this.#settle(0, failure)
    if (this.#wanted) this.#owner.onFailed(this, failure, this.#answer)
  }

  onTimeout(): void {
    this.cut()
    // If it is the client that takes nothing, or wants nothing any more, what the instance has said stands.
    if (this.#held || !this.#wanted) this.#settle(this.#status, null)
    else this.#settle(0, 'timeout')
    if (this.#wanted) this.#owner.onFailed(this, 'timeout', this.#answer)
  }

  #discard(chunk: Buffer): boolean {
    this.#droppedBytes += chunk.length
    if (this.#droppedBytes > MOST_DROPPED_BYTES) {
      this.cut()
      this.#settle(this.#status, null)
    }
    return true
  }

  #timing(): ServerTiming {
    const header = this.#answer?.serverTiming ?? ''
    return header === '' ? NO_TIMING : serverTiming(header)
  }

  #brokenOffByClient(): boolean {
    const { body } = this.head
    return body instanceof StreamedBody && body.problem !== undefined
  }

  /** Tells what came of it, once. `aborted` is nobody's failure. */
  #settle(status: number, failure: FailureKind | null): void {
    if (this.#settled) return
    this.#settled = true
    this.#witness.patience.delete(this)
    const { log, observer, now } = this.#witness
    const { service, route } = this.#owner
    const { router, traffic, index } = service
    const { instance } = this
    const nowMs = now()
    const latencyMs = nowMs - this.#startMs
    const blameless = failure === 'aborted'
    const failed = !blameless && isServerFailure({ status })
    const { queueMs, workMs, queueDepth } = this.#timing()
    router.onAnswer(instance, nowMs, latencyMs, failed, queueDepth, queueMs, workMs, route)
    if (failure === null) this.#upstream.onAnswer()
    else this.#upstream.onFailure(failure, nowMs)
    if (!blameless) {
      traffic.onAnswer(instance, latencyMs, status, failure, this.#policy)
      observer?.onAnswer(index, instance, latencyMs, failed)
    }
    log?.onOutcome(this.#token, { status, latencyMs, queueMs, workMs, failure, failed }, nowMs)
  }
}
