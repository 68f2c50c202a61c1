/** Counts what was wanted within a window of time, and nothing else: neither the gathering before nor the leaving after. */
import type { SessionResult } from '../../traffic/index.ts'
import type { FinishedRequest, RunObserver } from '../../worlds/index.ts'
import type { MeasuredTime } from './rate-scenario.ts'

/**
 * Requests count by when their users wanted them, all else by the time of the run at which it is told. Starts of sessions
 * count all, planned ones as well as real ones: whether the generator keeps up with its plan is asked of all of it.
 */
export class WindowObserver implements RunObserver {
  /** Session starts that found no room, whenever they were. */
  dropped = 0
  readonly #inner: RunObserver
  readonly #fromMs: number
  readonly #toMs: number
  #nowMs = 0

  constructor(inner: RunObserver, { warmUpMs, windowMs }: MeasuredTime) {
    this.#inner = inner
    this.#fromMs = warmUpMs
    this.#toMs = warmUpMs + windowMs
  }

  onRequest(request: FinishedRequest): void {
    this.#nowMs = request.endMs
    if (this.#holds(request.intendedMs)) this.#inner.onRequest(request)
  }

  onSessionStart(phase: number): void {
    this.#inner.onSessionStart(phase)
  }

  onSessionEnd(phase: number, result: SessionResult | undefined): void {
    if (this.#holds(this.#nowMs)) this.#inner.onSessionEnd(phase, result)
  }

  onCheck(name: string, passed: boolean): void {
    if (this.#holds(this.#nowMs)) this.#inner.onCheck(name, passed)
  }

  onMeasure(metric: string, value: number, nowMs: number): void {
    if (this.#holds(nowMs)) this.#inner.onMeasure?.(metric, value, nowMs)
  }

  onUsers(nowMs: number, users: number, perPhase: readonly number[]): void {
    this.#nowMs = nowMs
    this.#inner.onUsers(nowMs, users, perPhase)
  }

  onPlanned(phase: number): void {
    this.#inner.onPlanned?.(phase)
  }

  onDropped(phase: number): void {
    this.dropped++
    this.#inner.onDropped(phase)
  }

  #holds(atMs: number): boolean {
    return atMs >= this.#fromMs && atMs < this.#toMs
  }
}
