/** What the balancer knows of one instance: its own counts and clocks, and what the instance last reported. */
import { AnswerWindow, Ewma } from '../stats/index.ts'
import { INSTANCE_FEATURES, quantize } from './features.ts'
import type { InstanceReport } from './policy.ts'

const EWMA_TAU_MS = 10_000
const WINDOW_SECONDS = 60

export class InstanceTracker {
  readonly id: string
  readonly weight: number
  #inFlight = 0
  #healthy = true
  #draining = false
  #cpu = Number.NaN
  #memory = Number.NaN
  #queueDepth = Number.NaN
  readonly #latency = new Ewma(EWMA_TAU_MS)
  readonly #answers = new AnswerWindow(WINDOW_SECONDS)

  constructor(id: string, weight = 1) {
    this.id = id
    this.weight = quantize(weight)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** What it last said of itself, or that it did not answer. */
  get healthy(): boolean {
    return this.#healthy
  }

  /** It gets no new requests: it is about to be taken away. */
  get draining(): boolean {
    return this.#draining
  }

  drain(draining: boolean): void {
    this.#draining = draining
  }

  onStart(): void {
    this.#inFlight++
  }

  onAnswer(nowMs: number, latencyMs: number, failed: boolean): void {
    this.#inFlight--
    this.#answers.add(nowMs, latencyMs, failed)
    if (!failed) this.#latency.add(latencyMs, nowMs)
  }

  onReport(report: InstanceReport): void {
    this.#healthy = report.healthy
    this.#cpu = quantize(report.cpu)
    this.#memory = quantize(report.memory)
    this.#queueDepth = quantize(report.queueDepth)
  }

  /**
   * Writes the feature row into `rows` at `offset`, in the order of INSTANCE_FEATURES.
   *
   * @param breakerOpen 1 or 0; NaN where there is no circuit breaker
   */
  writeRow(rows: Float64Array, offset: number, nowMs: number, breakerOpen: number): void {
    const answers = this.#answers
    answers.roll(nowMs)
    rows[offset] = this.#inFlight
    rows[offset + 1] = this.#queueDepth
    rows[offset + 2] = quantize(this.#latency.value)
    rows[offset + 3] = quantize(answers.meanSuccessMs)
    rows[offset + 4] = quantize(answers.failureRate)
    rows[offset + 5] = quantize(answers.ratePerSecond)
    rows[offset + 6] = this.#cpu
    rows[offset + 7] = this.#memory
    rows[offset + 8] = this.#healthy ? 1 : 0
    rows[offset + 9] = breakerOpen
    rows[offset + 10] = this.weight
  }
}

// The row above is written by position for speed; this fails the build of any other list.
INSTANCE_FEATURES satisfies readonly [
  'inFlight',
  'queueDepth',
  'ewmaLatencyMs',
  'responseTimeMs',
  'errorRate',
  'answersPerSecond',
  'cpu',
  'memory',
  'healthy',
  'breakerOpen',
  'weight',
]
