/**
 * The circuit breaker of one instance (Nygard, Release It!, 2007; Hystrix; resilience4j).
 *
 *     closed     lets all in, until its rule trips             -> open
 *     open       keeps all out for a while                     -> half-open
 *     half-open  lets some trials in: one fails                -> open
 *                                     all of them succeed      -> closed
 *
 * It has no timer: what it is, is a function of the time that it is told. Only answers to requests that were sent since
 * it last let anybody in count. One from before, say a timeout that comes 30 s late, is old news: it neither opens a
 * breaker that has closed since, nor passes for a trial.
 */
import { sentSince } from '../sent-since.ts'
import type { TripRule } from './trip-rule.ts'

export interface OpenTimes {
  readonly openMs: number
  /**
   * How much longer it stays open each time that it opens again without having closed: not at all (Hystrix), by
   * `openMs` each time (Envoy), or twice as long (Finagle, linkerd).
   */
  readonly growth: string
  readonly maxOpenMs: number
}

export interface BreakerSettings extends OpenTimes {
  /** Trials that it lets in when it is half-open; so many successes close it. */
  readonly trials: number
}

export type BreakerState = 'closed' | 'open' | 'half-open'

export class Breaker {
  readonly #rule: TripRule
  readonly #settings: BreakerSettings
  /** Open or half-open. */
  #tripped = false
  /** When it last began to let anybody in, or will. */
  #letsInAtMs = Number.NEGATIVE_INFINITY
  /** Times that it has opened since it was closed. */
  #openings = 0
  #inFlight = 0
  #trialsInFlight = 0
  #successes = 0

  constructor(rule: TripRule, settings: BreakerSettings) {
    this.#rule = rule
    this.#settings = settings
  }

  /** Whether it is open or half-open. */
  get tripped(): boolean {
    return this.#tripped
  }

  state(nowMs: number): BreakerState {
    if (!this.#tripped) return 'closed'
    return nowMs < this.#letsInAtMs ? 'open' : 'half-open'
  }

  keepsOut(nowMs: number): boolean {
    if (!this.#tripped) return false
    return nowMs < this.#letsInAtMs || this.#trialsInFlight + this.#successes >= this.#settings.trials
  }

  onStart(nowMs: number): void {
    this.#inFlight++
    if (this.#tripped && nowMs >= this.#letsInAtMs) this.#trialsInFlight++
  }

  /**
   * @param latencyMs since the request was sent
   * @returns whether the rule trips: it is for the caller to `open` the breaker
   */
  onOutcome(nowMs: number, latencyMs: number, failed: boolean): boolean {
    this.#inFlight = Math.max(0, this.#inFlight - 1)
    const counts = sentSince(this.#letsInAtMs, nowMs, latencyMs)
    if (!this.#tripped) return counts && this.#rule.add(nowMs, failed)
    if (nowMs >= this.#letsInAtMs && counts) this.#onTrial(nowMs, failed)
    // Whatever the clocks say: trials are in flight, or they are over. Or nobody would ever be let in again.
    this.#trialsInFlight = Math.min(this.#trialsInFlight, this.#inFlight)
    return false
  }

  open(nowMs: number): void {
    this.#tripped = true
    this.#openings++
    this.#letsInAtMs = nowMs + openMs(this.#settings, this.#openings)
    this.#trialsInFlight = 0
    this.#successes = 0
  }

  #onTrial(nowMs: number, failed: boolean): void {
    this.#trialsInFlight = Math.max(0, this.#trialsInFlight - 1)
    if (failed) return this.open(nowMs)
    this.#successes++
    if (this.#successes < this.#settings.trials) return
    this.#tripped = false
    this.#openings = 0
    this.#rule.reset()
  }
}

/** How long it stays open when it opens for the `times`-th time in a row. */
function openMs({ openMs: once, growth, maxOpenMs }: OpenTimes, times: number): number {
  const factor = growth === 'linear' ? times : growth === 'doubling' ? 2 ** (times - 1) : 1
  return Math.min(once * factor, maxOpenMs)
}
