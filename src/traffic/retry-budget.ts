/**
 * A budget for retries, so that they cannot multiply the load of a system that is already failing: over the last
 * 10 s, no more retries than a share of the requests, plus 10 per second (Finagle's RetryBudget: ttl 10 s,
 * percentCanRetry 0.2, minRetriesPerSec 10).
 */
import { AnswerWindow } from '../stats/index.ts'

const WINDOW_SECONDS = 10
const LEAST_PER_SECOND = 10

export class RetryBudget {
  readonly #share: number
  readonly #requests = new AnswerWindow(WINDOW_SECONDS)
  readonly #retries = new AnswerWindow(WINDOW_SECONDS)

  /** @param share retries per request */
  constructor(share: number) {
    this.#share = share
  }

  onRequest(nowMs: number): void {
    this.#requests.add(nowMs, 0, false)
  }

  /** Spends one retry, if there is one left. */
  spend(nowMs: number): boolean {
    this.#requests.roll(nowMs)
    this.#retries.roll(nowMs)
    const allowed = this.#share * this.#requests.answers + LEAST_PER_SECOND * WINDOW_SECONDS
    if (this.#retries.answers + 1 > allowed) return false
    this.#retries.add(nowMs, 0, false)
    return true
  }
}
