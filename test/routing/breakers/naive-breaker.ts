/** A circuit breaker as one would write it first: a named state, and every request an object that knows when it was sent. */
import type { BreakerState } from '../../../src/routing/breakers/breaker.ts'

interface Request {
  readonly sentMs: number
  /** Times that the breaker had opened before. */
  readonly epoch: number
  readonly sentWhen: BreakerState
}

export class NaiveBreaker {
  readonly requests: Request[] = []
  #state: BreakerState = 'closed'
  #closesInMs = 0
  #epoch = 0
  #reopenings = 0
  #failures: boolean[] = []
  #succeededTrials = 0
  readonly #limit: number
  readonly #trials: number
  readonly #openMsOf: (reopenings: number) => number

  constructor(limit: number, trials: number, openMsOf: (reopenings: number) => number) {
    this.#limit = limit
    this.#trials = trials
    this.#openMsOf = openMsOf
  }

  state(nowMs: number): BreakerState {
    if (this.#state === 'open' && nowMs >= this.#closesInMs) this.#state = 'half-open'
    return this.#state
  }

  keepsOut(nowMs: number): boolean {
    const state = this.state(nowMs)
    const trials = this.requests.filter(
      ({ epoch, sentWhen }) => epoch === this.#epoch && sentWhen === 'half-open',
    )
    return (
      state === 'open' || (state === 'half-open' && trials.length + this.#succeededTrials >= this.#trials)
    )
  }

  send(nowMs: number): void {
    this.requests.push({ sentMs: nowMs, epoch: this.#epoch, sentWhen: this.state(nowMs) })
  }

  /** @returns when that request was sent */
  answer(which: number, nowMs: number, failed: boolean): number {
    const [{ sentMs, epoch, sentWhen }] = this.requests.splice(which, 1) as [Request]
    const state = this.state(nowMs)
    if (epoch !== this.#epoch || sentWhen === 'open') return sentMs
    if (state === 'closed') this.#judge(nowMs, failed)
    else if (state === 'half-open') this.#try(nowMs, failed)
    return sentMs
  }

  #judge(nowMs: number, failed: boolean): void {
    this.#failures = failed ? [...this.#failures, true] : []
    if (this.#failures.length === this.#limit) this.#open(nowMs, 0)
  }

  #try(nowMs: number, failed: boolean): void {
    if (failed) return this.#open(nowMs, this.#reopenings + 1)
    this.#succeededTrials++
    if (this.#succeededTrials < this.#trials) return
    this.#state = 'closed'
    this.#failures = []
  }

  #open(nowMs: number, reopenings: number): void {
    this.#state = 'open'
    this.#epoch++
    this.#reopenings = reopenings
    this.#succeededTrials = 0
    this.#closesInMs = nowMs + this.#openMsOf(reopenings)
  }
}
