/**
 * The predecessor's benchmark of algorithms: what came of the requests under each, since it was last reset.
 *
 * It differs where the predecessor did not do what it said: `start` really switches to the algorithm it is given, and
 * the statistics count answers of instances, not those that the balancer made itself.
 */
import { didYouMean } from '../../../core/index.ts'
import { Histogram } from '../../../stats/index.ts'
import type { BalancerControl } from '../control.ts'
import type { PolicyTraffic } from '../traffic.ts'
import type { Algorithms } from './algorithms.ts'
import { rounded } from './describe.ts'
import { Refusal } from './route.ts'

const MS_PER_MINUTE = 60_000

/** Of one algorithm, over all services. Times are 0 while `requestCount` is. */
export interface AlgorithmStatistics {
  readonly algorithm: string
  readonly requestCount: number
  readonly errorCount: number
  readonly errorRatePercent: number
  readonly requestRatePerSecond: number
  readonly avgResponseTimeMs: number
  readonly p50ResponseTimeMs: number
  readonly p95ResponseTimeMs: number
  readonly p99ResponseTimeMs: number
  readonly minResponseTimeMs: number
  readonly maxResponseTimeMs: number
}

export class Benchmark {
  readonly #control: BalancerControl
  readonly #algorithms: Algorithms
  #startedMs: number | undefined
  #durationMs = 0

  constructor(control: BalancerControl, algorithms: Algorithms) {
    this.#control = control
    this.#algorithms = algorithms
  }

  /** It ends by itself when its time is over. */
  get active(): boolean {
    return this.#startedMs !== undefined && this.#control.now() < this.#startedMs + this.#durationMs
  }

  status() {
    const { active } = this
    const algorithm = this.#algorithms.current
    const endsMs = (this.#startedMs ?? 0) + this.#durationMs
    return {
      active,
      currentAlgorithm: algorithm,
      testAlgorithms: this.#algorithms.names,
      startedAt: this.#startedMs === undefined ? null : this.#date(this.#startedMs),
      durationMinutes: this.#durationMs / MS_PER_MINUTE,
      remainingMinutes: active ? rounded((endsMs - this.#control.now()) / MS_PER_MINUTE) : 0,
      currentAlgorithmStats: this.current(),
    }
  }

  /** Under what decides now, over all services. */
  current(): AlgorithmStatistics {
    const deciding = this.#control.services.map(({ traffic }) => traffic.policy)
    return this.#sum(this.#algorithms.current, deciding)
  }

  start(durationMinutes: number): void {
    this.#startedMs = this.#control.now()
    this.#durationMs = durationMinutes * MS_PER_MINUTE
    this.reset()
  }

  stop(): void {
    this.#startedMs = undefined
    this.#durationMs = 0
  }

  /**
   * @param algorithm all, if none is named
   * @throws Refusal for one that neither was in use nor can be
   */
  reset(algorithm?: string): void {
    const text = algorithm === undefined ? undefined : this.#algorithms.textOf(algorithm)
    if (algorithm !== undefined) this.#requireKnown(algorithm, text!)
    for (const { traffic } of this.#control.services) traffic.resetPolicies(this.#control.now(), text)
  }

  /** All algorithms that have answers, and by how much their mean latency is below that of round robin. */
  results() {
    const all = this.#texts().map((text) => this.statistics(this.#algorithms.nameOf(text)))
    const measured = all.filter(({ requestCount }) => requestCount > 0)
    const baseline = measured.find(({ algorithm }) => algorithm === 'round-robin')
    return {
      active: this.active,
      currentAlgorithm: this.#algorithms.current,
      testAlgorithms: this.#algorithms.names,
      results: Object.fromEntries(measured.map((statistics) => [statistics.algorithm, statistics])),
      improvementPercent: Object.fromEntries(
        measured
          .filter((statistics) => baseline !== undefined && statistics !== baseline)
          .map((statistics) => [statistics.algorithm, improvement(baseline!, statistics)]),
      ),
    }
  }

  statistics(algorithm: string): AlgorithmStatistics {
    const used = this.#control.services.flatMap(({ traffic }) =>
      [...traffic.policies.values()].filter(({ text }) => this.#algorithms.nameOf(text) === algorithm),
    )
    return this.#sum(algorithm, used)
  }

  #sum(algorithm: string, used: readonly PolicyTraffic[]): AlgorithmStatistics {
    const { now } = this.#control
    const latency = new Histogram()
    for (const policy of used) latency.merge(policy.latency)
    const errors = used.reduce((sum, { failures }) => sum + failures, 0)
    const seconds = Math.max(0, ...used.map((policy) => policy.usedMs(now()))) / 1000
    return {
      algorithm,
      requestCount: latency.count,
      errorCount: errors,
      errorRatePercent: orZero((errors / latency.count) * 100),
      requestRatePerSecond: orZero(latency.count / seconds),
      avgResponseTimeMs: orZero(latency.mean),
      p50ResponseTimeMs: orZero(latency.quantile(0.5)),
      p95ResponseTimeMs: orZero(latency.quantile(0.95)),
      p99ResponseTimeMs: orZero(latency.quantile(0.99)),
      minResponseTimeMs: orZero(latency.min),
      maxResponseTimeMs: orZero(latency.max),
    }
  }

  #requireKnown(algorithm: string, text: string): void {
    const known = new Set([...this.#algorithms.names, ...this.#texts()])
    if (known.has(algorithm) || known.has(text)) return
    throw new Refusal(
      404,
      `no statistics of "${algorithm}"${didYouMean(algorithm, [...known])}: there are ${[...known].join(', ')}`,
    )
  }

  #texts(): string[] {
    return [...new Set(this.#control.services.flatMap(({ traffic }) => [...traffic.policies.keys()]))]
  }

  #date(atMs: number): string {
    return new Date(this.#control.startedAt.getTime() + atMs).toISOString()
  }
}

function improvement(baseline: AlgorithmStatistics, { avgResponseTimeMs }: AlgorithmStatistics): number {
  return orZero((1 - avgResponseTimeMs / baseline.avgResponseTimeMs) * 100)
}

/** The predecessor's clients calculate with what they get: nothing measured is 0, and so is the count beside it. */
function orZero(value: number): number {
  return rounded(value) ?? 0
}
