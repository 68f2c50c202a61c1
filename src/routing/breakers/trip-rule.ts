/**
 * When a closed circuit breaker opens.
 *
 * `consecutive`: after so many failures in a row (Envoy's consecutive_5xx 5, Finagle's failure accrual 5, linkerd's 7).
 * `rate`: when of at least so many answers of the last seconds such a share are failures (Hystrix: of 20 in 10 s half of
 * them, in ten buckets of one second; resilience4j counts calls instead of seconds).
 */
import { AnswerWindow } from '../../stats/index.ts'

export interface TripRule {
  /** Counts an answer. Returns whether the breaker is to open. */
  add(nowMs: number, failed: boolean): boolean
  /** Forgets all: the breaker has closed. */
  reset(): void
}

export class ConsecutiveFailures implements TripRule {
  readonly #limit: number
  #inARow = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(_nowMs: number, failed: boolean): boolean {
    this.#inARow = failed ? this.#inARow + 1 : 0
    return this.#inARow >= this.#limit
  }

  reset(): void {
    this.#inARow = 0
  }
}

export interface FailureRateLimits {
  /** Whole ones. */
  readonly windowSeconds: number
  readonly minRequests: number
  /** It opens at this share of failures or above. */
  readonly failureShare: number
}

export class FailureRate implements TripRule {
  readonly #limits: FailureRateLimits
  #answers: AnswerWindow

  constructor(limits: FailureRateLimits) {
    this.#limits = limits
    this.#answers = new AnswerWindow(limits.windowSeconds)
  }

  add(nowMs: number, failed: boolean): boolean {
    const answers = this.#answers
    answers.add(nowMs, 0, failed)
    const { minRequests, failureShare } = this.#limits
    return answers.answers >= minRequests && answers.failureRate >= failureShare
  }

  reset(): void {
    this.#answers = new AnswerWindow(this.#limits.windowSeconds)
  }
}
