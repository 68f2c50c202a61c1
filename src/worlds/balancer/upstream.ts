/** One instance as the balancer reaches it: its connections, what goes wrong in a row, and its end. */
import type { InstanceReport, ServiceRouter } from '../../routing/index.ts'
import { HttpClient } from '../live/engine/http-client.ts'
import { type CallFailure, type ConnectionLimits, ConnectionPool } from './connection-pool.ts'

const PROBE_CONNECTIONS = 4

export interface UpstreamOptions {
  readonly url: string
  readonly index: number
  readonly router: ServiceRouter
  readonly limits: ConnectionLimits
  /** After so many failures in a row it is out until checks succeed; 0: never. */
  readonly passiveFailures: number
  /** Checks in a row that it takes to bring it back, and to put it out. */
  readonly rise: number
  readonly fall: number
  /** Told what an operator should know. */
  readonly onMessage: ((text: string) => void) | undefined
}

/** An instance that cannot be reached is told of once in this time. */
const QUIET_MS = 60_000

export class Upstream {
  readonly url: string
  readonly pool: ConnectionPool
  /** Connections of their own, which no request in flight can take. */
  readonly checks: HttpClient
  readonly probes: HttpClient
  readonly #router: ServiceRouter
  readonly #index: number
  readonly #passiveFailures: number
  readonly #rise: number
  readonly #fall: number
  #failuresInARow = 0
  #up = true
  readonly #onMessage: ((text: string) => void) | undefined
  #saidMs = Number.NEGATIVE_INFINITY
  /** Checks in a row that say otherwise. */
  #otherwise = 0
  #draining = false
  #gone = false
  #lastReport: InstanceReport = { healthy: true, cpu: Number.NaN, memory: Number.NaN, queueDepth: Number.NaN }

  constructor({ url, index, router, limits, passiveFailures, rise, fall, onMessage }: UpstreamOptions) {
    this.url = url
    this.pool = new ConnectionPool(url, limits)
    this.checks = new HttpClient(url, 1)
    this.probes = new HttpClient(url, PROBE_CONNECTIONS)
    this.#router = router
    this.#index = index
    this.#passiveFailures = passiveFailures
    this.#rise = rise
    this.#fall = fall
    this.#onMessage = onMessage
  }

  /** Taken away, and nothing is under way there any more. */
  get gone(): boolean {
    return this.#gone
  }

  /** It answered a check, or did not. */
  onReport(report: InstanceReport, nowMs: number): void {
    if (this.#gone) return
    this.#lastReport = report
    if (report.healthy) this.#failuresInARow = 0
    this.#otherwise = report.healthy === this.#up ? 0 : this.#otherwise + 1
    if (this.#otherwise >= (this.#up ? this.#fall : this.#rise)) this.#turn(report.healthy)
    this.#router.onReport(this.#index, { ...report, healthy: this.#up }, nowMs)
  }

  /** An answer came; whatever its status, the instance is there. */
  onAnswer(): void {
    this.#failuresInARow = 0
    if (this.#draining) this.#leaveIfIdle()
  }

  /** No connection could be made: the client hears of a 502 only, the reason is for the operator. */
  onUnreachable(why: string, nowMs: number): void {
    if (nowMs - this.#saidMs < QUIET_MS) return
    this.#saidMs = nowMs
    this.#onMessage?.(`${this.url}: cannot be reached: ${why}`)
  }

  onFailure(failure: CallFailure, nowMs: number): void {
    const own = failure === 'connect' || failure === 'reset' || failure === 'timeout'
    if (own && ++this.#failuresInARow === this.#passiveFailures) {
      this.#turn(false)
      this.#router.onReport(this.#index, { ...this.#lastReport, healthy: false }, nowMs)
    }
    if (this.#draining) this.#leaveIfIdle()
  }

  /** No new requests; it is gone when the last one is answered. */
  drain(): void {
    if (this.#draining) return
    this.#draining = true
    this.#router.drain(this.#index)
    this.#leaveIfIdle()
  }

  async close(): Promise<void> {
    this.#gone = true
    await Promise.all([this.pool.close(), this.checks.close(), this.probes.close()])
  }

  #turn(up: boolean): void {
    this.#up = up
    this.#otherwise = 0
  }

  #leaveIfIdle(): void {
    if (this.#gone || this.#router.instances[this.#index]!.inFlight > 0) return
    this.#gone = true
    this.pool.retire()
    void this.checks.close()
    void this.probes.close()
  }
}
