/**
 * The metrics that scripts measure themselves, in k6's four kinds: a counter is a sum, a gauge the last value with its
 * extremes, a rate the share of values that are not 0, a trend the distribution of the values.
 */
import type { MetricType, OwnStatistic, Scenario, Statistic } from '../../scenario/index.ts'
import {
  ExactSum,
  type ExactSumJson,
  Histogram,
  type HistogramJson,
  type Mergeable,
  PartsByName,
} from '../../stats/index.ts'

export interface OwnMetricJson {
  readonly type: MetricType
  readonly count: number
  readonly missing: number
  readonly sum: ExactSumJson
  readonly truths: number
  readonly last: { readonly value: number; readonly atMs: number } | null
  readonly min: number | null
  readonly max: number | null
  readonly values: HistogramJson
}

export interface OwnMetricSummary {
  readonly name: string
  readonly type: MetricType
  /** Values that were measured, and replies that had none (a trend takes no value below 0 either). */
  readonly count: number
  readonly missing: number
  /** What there is to be said of a metric of its type, by name. */
  readonly statistics: Readonly<Record<string, number>>
}

export class OwnMetric implements Mergeable<OwnMetricJson> {
  readonly type: MetricType
  count = 0
  missing = 0
  readonly #sum = new ExactSum()
  #truths = 0
  #last: { readonly value: number; readonly atMs: number } | undefined
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  readonly #values = new Histogram()

  constructor(type: MetricType) {
    this.type = type
  }

  add(value: number, nowMs: number): void {
    if (!Number.isFinite(value) || (this.type === 'trend' && value < 0)) {
      this.missing++
      return
    }
    this.count++
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    switch (this.type) {
      case 'counter':
        return this.#sum.add(value)
      case 'rate':
        if (value !== 0) this.#truths++
        return
      case 'gauge':
        this.#setLast({ value, atMs: nowMs })
        return
      case 'trend':
        return this.#values.record(value)
    }
  }

  /** NaN while there are no values; a counter that nothing was added to is 0. */
  statistic(statistic: OwnStatistic, durationMs: number): number {
    if (typeof statistic === 'object') return this.#values.quantile(statistic.quantile)
    switch (statistic) {
      case 'count':
        return this.type === 'counter' ? this.#sum.value : this.count
      case 'perSecond':
        return (this.#sum.value * 1000) / Math.max(1, durationMs)
      case 'rate':
        return this.count === 0 ? Number.NaN : this.#truths / this.count
      case 'value':
        return this.#last?.value ?? Number.NaN
      case 'mean':
        return this.#values.mean
      case 'min':
        return this.count === 0 ? Number.NaN : this.#min
      case 'max':
        return this.count === 0 ? Number.NaN : this.#max
    }
  }

  summary(name: string, durationMs: number): OwnMetricSummary {
    const shown = SHOWN[this.type].map(([label, statistic]) => [label, this.statistic(statistic, durationMs)])
    return {
      name,
      type: this.type,
      count: this.count,
      missing: this.missing,
      statistics: Object.fromEntries(shown),
    }
  }

  merge(other: OwnMetric): void {
    this.count += other.count
    this.missing += other.missing
    this.#sum.merge(other.#sum)
    this.#truths += other.#truths
    if (other.#last !== undefined) this.#setLast(other.#last)
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
    this.#values.merge(other.#values)
  }

  toJSON(): OwnMetricJson {
    return {
      type: this.type,
      count: this.count,
      missing: this.missing,
      sum: this.#sum.toJSON(),
      truths: this.#truths,
      last: this.#last ?? null,
      min: this.count === 0 ? null : this.#min,
      max: this.count === 0 ? null : this.#max,
      values: this.#values.toJSON(),
    }
  }

  static fromJSON(json: OwnMetricJson): OwnMetric {
    const metric = new OwnMetric(json.type)
    metric.count = json.count
    metric.missing = json.missing
    metric.#sum.merge(ExactSum.fromJSON(json.sum))
    metric.#truths = json.truths
    if (json.last !== null) metric.#last = json.last
    metric.#min = json.min ?? Number.POSITIVE_INFINITY
    metric.#max = json.max ?? Number.NEGATIVE_INFINITY
    metric.#values.merge(Histogram.fromJSON(json.values))
    return metric
  }

  /** Of two at the same time the greater, so that the order of merging says nothing. */
  #setLast(next: { readonly value: number; readonly atMs: number }): void {
    const last = this.#last
    const isLater = last === undefined || next.atMs > last.atMs
    if (isLater || (next.atMs === last.atMs && next.value > last.value)) this.#last = next
  }
}

const of = (statistic: Statistic): Statistic => statistic
const SHOWN: Readonly<Record<MetricType, readonly (readonly [label: string, OwnStatistic])[]>> = {
  counter: [
    ['total', 'count'],
    ['per second', 'perSecond'],
  ],
  gauge: [
    ['last', 'value'],
    ['min', 'min'],
    ['max', 'max'],
  ],
  rate: [['rate', 'rate']],
  trend: [
    ['mean', 'mean'],
    ['min', 'min'],
    ['p50', of({ quantile: 0.5 })],
    ['p90', of({ quantile: 0.9 })],
    ['p95', of({ quantile: 0.95 })],
    ['p99', of({ quantile: 0.99 })],
    ['max', 'max'],
  ],
}

/** All that the scripts of a scenario can measure, by name: what was never measured is there, too. */
export function ownMetrics({ behaviors }: Pick<Scenario, 'behaviors'>): PartsByName<OwnMetric> {
  const metrics = new PartsByName<OwnMetric>(() => {
    throw new Error('a script measures only what it declares')
  })
  for (const behavior of Object.values(behaviors)) {
    if (behavior.kind !== 'flow') continue
    for (const request of behavior.requests) {
      for (const [name, { type }] of Object.entries(request.metrics)) metrics.set(name, new OwnMetric(type))
    }
  }
  return metrics
}
