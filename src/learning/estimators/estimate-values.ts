/**
 * Estimates with intervals, of several estimators at once and of the logger's own value beside them.
 *
 * What is resampled are clusters of trajectories that belong together (a user's session, a stretch of time), so that
 * their dependence stays in the interval. Each cluster is first added up to one row of sums; a resample then costs a
 * few additions per cluster, and all estimators see the same one.
 *
 *     bootstrap   percentile interval (Efron & Tibshirani, An introduction to the bootstrap, 1993, section 13.3)
 *     t           Student's t around the estimate, with the standard error of the jackknife over clusters (ibid., ch. 11)
 *
 * Neither shows the bias of a model, nor that decisions change the states of those that follow beyond the horizon.
 */
import type { Random } from '../../core/index.ts'
import { sortedQuantile, studentQuantile } from '../../stats/index.ts'
import type { OffPolicyEstimator } from './estimator.ts'
import {
  horizonOf,
  type LoggedTrajectories,
  requireSound,
  returnOf,
  trajectoryCount,
} from './logged-trajectories.ts'

export const LEAST_RESAMPLES = 1000
/** With fewer clusters, their spread says nothing. */
export const LEAST_CLUSTERS = 10
/** Student's t with more degrees of freedom is the normal distribution, and slow to compute. */
const MOST_DEGREES = 1000

export interface IntervalOptions {
  /** Shape [trajectories]: which cluster each belongs to, counted from 0; each by itself if not given. */
  readonly clusters?: Int32Array
  /** At least 1000. */
  readonly resamples?: number
  readonly confidence?: number
  readonly method?: 'bootstrap' | 't'
  readonly random: Random
}

/** NaN where it cannot be told: bounds of fewer than 10 clusters, an estimate without any weight. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface ValueEstimate extends Interval {
  readonly standardError: number
  /** Estimate minus the logger's own value, on the same resamples. */
  readonly difference: Interval
}

export interface Estimates {
  /** In the order of the estimators. */
  readonly targets: readonly ValueEstimate[]
  /** Mean return of the trajectories as they are. */
  readonly logger: Interval
  readonly clusters: number
}

/**
 * @param estimators those whose needs the trajectories meet
 * @throws DataError if the trajectories are not sound
 * @throws RangeError for fewer than 1000 resamples
 */
export function estimateValues(
  trajectories: LoggedTrajectories,
  estimators: readonly OffPolicyEstimator[],
  { clusters, resamples = LEAST_RESAMPLES, confidence = 0.95, method = 'bootstrap', random }: IntervalOptions,
): Estimates {
  requireSound(trajectories)
  if (resamples < LEAST_RESAMPLES) {
    throw new RangeError(`expected at least ${LEAST_RESAMPLES} resamples, got ${resamples}`)
  }
  const sums = new ClusterSums(trajectories, estimators, clusters)
  const whole = sums.valuesOf(sums.total())
  let spread = unknownSpread
  if (sums.count >= LEAST_CLUSTERS) {
    spread =
      method === 'bootstrap'
        ? bootstrap(sums, whole, resamples, confidence, random)
        : jackknife(sums, whole, confidence)
  }
  return {
    targets: estimators.map((_, k) => {
      const value = whole[k + 1]!
      const difference = { value: value - whole[0]!, ...boundsOf(spread(k + 1, LOGGER)) }
      return { value, ...spread(k + 1), difference }
    }),
    logger: { value: whole[LOGGER]!, ...boundsOf(spread(LOGGER)) },
    clusters: sums.count,
  }
}

/** Column of the logger's own value; estimator k has the column k + 1. */
const LOGGER = 0

interface Bounds {
  readonly low: number
  readonly high: number
  readonly standardError: number
}

/** The interval of column `a`, or of column a minus column b where there is one: resample by resample. */
type Spread = (a: number, b?: number) => Bounds

const unknownSpread: Spread = () => ({ low: Number.NaN, high: Number.NaN, standardError: Number.NaN })

function boundsOf({ low, high }: Bounds): { readonly low: number; readonly high: number } {
  return { low, high }
}

/** One row of sums per cluster, that of the logger's own return first. */
class ClusterSums {
  readonly count: number
  readonly width: number
  readonly #rows: Float64Array
  readonly #estimators: readonly OffPolicyEstimator[]
  readonly #offsets: readonly number[]
  readonly #horizon: number
  readonly #gamma: number

  constructor(
    trajectories: LoggedTrajectories,
    estimators: readonly OffPolicyEstimator[],
    clusters: Int32Array | undefined,
  ) {
    const n = trajectoryCount(trajectories)
    const horizon = horizonOf(trajectories)
    this.#horizon = horizon
    this.#gamma = trajectories.gamma
    this.#estimators = estimators
    const offsets: number[] = []
    let width = 2
    for (const estimator of estimators) {
      offsets.push(width)
      width += estimator.sums(horizon)
    }
    this.#offsets = offsets
    this.width = width
    this.count =
      clusters === undefined ? n : clusters.reduce((most, cluster) => Math.max(most, cluster + 1), 0)
    this.#rows = new Float64Array(this.count * width)
    for (let i = 0; i < n; i++) {
      const at = (clusters?.[i] ?? i) * width
      this.#rows[at]! += 1
      this.#rows[at + 1]! += returnOf(trajectories, i)
      for (const [k, estimator] of estimators.entries()) {
        estimator.add(trajectories, i, this.#rows, at + offsets[k]!, horizon)
      }
    }
  }

  total(): Float64Array {
    const sums = new Float64Array(this.width)
    for (let c = 0; c < this.count; c++) this.addRow(sums, c)
    return sums
  }

  addRow(sums: Float64Array, cluster: number, sign = 1): void {
    const at = cluster * this.width
    for (let k = 0; k < this.width; k++) sums[k]! += sign * this.#rows[at + k]!
  }

  /** Overwrites `sums` with those of as many clusters, drawn with replacement. The hot loop of all this. */
  resample(sums: Float64Array, random: Random): void {
    const { count, width } = this
    const rows = this.#rows
    sums.fill(0)
    for (let c = 0; c < count; c++) {
      const at = Math.floor(random() * count) * width
      for (let k = 0; k < width; k++) sums[k]! += rows[at + k]!
    }
  }

  /** Shape [1 + estimators]: the logger's value and the estimates. */
  valuesOf(sums: Float64Array): Float64Array {
    const values = new Float64Array(1 + this.#estimators.length)
    values[0] = sums[1]! / sums[0]!
    for (const [k, estimator] of this.#estimators.entries()) {
      values[k + 1] = estimator.value(sums, this.#offsets[k]!, this.#horizon, this.#gamma)
    }
    return values
  }
}

function bootstrap(
  sums: ClusterSums,
  whole: Float64Array,
  resamples: number,
  confidence: number,
  random: Random,
): Spread {
  const columns = whole.length
  const drawn = new Float64Array(resamples * columns)
  const sample = new Float64Array(sums.width)
  for (let r = 0; r < resamples; r++) {
    sums.resample(sample, random)
    drawn.set(sums.valuesOf(sample), r * columns)
  }
  const tail = (1 - confidence) / 2
  return (a, b) => {
    const values = new Float64Array(resamples)
    for (let r = 0; r < resamples; r++) {
      values[r] = drawn[r * columns + a]! - (b === undefined ? 0 : drawn[r * columns + b]!)
    }
    const known = values.filter((value) => !Number.isNaN(value)).sort() // some resamples have no weight at all
    if (known.length === 0) return unknownSpread(a)
    const low = sortedQuantile(known, tail)
    return { low, high: sortedQuantile(known, 1 - tail), standardError: deviationOf(known) }
  }
}

function jackknife(sums: ClusterSums, whole: Float64Array, confidence: number): Spread {
  const columns = whole.length
  const without = new Float64Array(sums.count * columns)
  const total = sums.total()
  for (let c = 0; c < sums.count; c++) {
    sums.addRow(total, c, -1)
    without.set(sums.valuesOf(total), c * columns)
    sums.addRow(total, c)
  }
  const quantile = studentQuantile((1 + confidence) / 2, Math.min(sums.count - 1, MOST_DEGREES))
  return (a, b) => {
    const at = (values: Float64Array, row: number) =>
      values[row * columns + a]! - (b === undefined ? 0 : values[row * columns + b]!)
    const leftOut = Float64Array.from({ length: sums.count }, (_, c) => at(without, c))
    const standardError = (deviationOf(leftOut) * (sums.count - 1)) / Math.sqrt(sums.count)
    const margin = quantile * standardError
    const value = at(whole, 0)
    return { low: value - margin, high: value + margin, standardError }
  }
}

function deviationOf(values: Float64Array): number {
  let mean = 0
  for (const value of values) mean += value / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return Math.sqrt(squares / (values.length - 1))
}
