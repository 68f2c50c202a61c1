/** What the balancer knows of one instance: its own counts and clocks, and what the instance last reported. */
import { AnswerWindow, Ewma } from '../stats/index.ts'
import { INSTANCE_FEATURES, quantize } from './features.ts'
import type { InstanceReport } from './policy.ts'
import { RecentFailures } from './recent-failures.ts'
import type { RouteWork } from './route-work.ts'
import { Slowness } from './slowness.ts'

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
  readonly #slowness = new Slowness()
  readonly #failures = new RecentFailures()
  /** By place of the route: requests sent and not answered yet. */
  readonly #inFlightOf: number[] = []

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

  /** @param place of the request's route; -1 if it is not known */
  onStart(place = -1): void {
    this.#inFlight++
    if (place >= 0) this.#inFlightOf[place] = (this.#inFlightOf[place] ?? 0) + 1
  }

  /** @param place of the request's route, as it was told at its start */
  onAnswer(nowMs: number, latencyMs: number, failed: boolean, place = -1): void {
    this.#inFlight--
    if (place >= 0) this.#inFlightOf[place]!--
    this.#answers.add(nowMs, latencyMs, failed)
    this.#failures.add(nowMs, failed)
    if (!failed) this.#latency.add(latencyMs, nowMs)
  }

  /** It was so much work, where so much was expected. */
  onWork(nowMs: number, workMs: number, expectedMs: number): void {
    this.#slowness.add(nowMs, workMs / expectedMs)
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
   * @param routes what requests are expected to cost; without it the work in flight is not known
   */
  writeRow(
    rows: Float64Array,
    offset: number,
    nowMs: number,
    breakerOpen: number,
    routes: RouteWork | undefined,
  ): void {
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
    rows[offset + 11] = routes === undefined ? Number.NaN : this.workInFlightMs(routes)
    rows[offset + 12] = quantize(this.#slowness.value)
    rows[offset + 13] = quantize(this.#failures.read(nowMs))
  }

  /** Expected work of the requests in flight; those of which nothing is known count as the mean. */
  workInFlightMs(routes: RouteWork): number {
    let sumMs = 0
    const count = this.#inFlightOf.length
    for (let place = 0; place < count; place++) {
      const inFlight = this.#inFlightOf[place]
      if (inFlight === undefined || inFlight === 0) continue
      const expectedMs = routes.expectedMs(place)
      sumMs += inFlight * (Number.isNaN(expectedMs) ? routes.meanMs : expectedMs)
    }
    return quantize(sumMs)
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
  'workMs',
  'slowness',
  'recentErrorRate',
]
