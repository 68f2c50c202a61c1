/**
 * What one run shows of one service: its requests with the work that they were, and in windows of time how fast each
 * instance worked and which share of its requests failed.
 *
 * Speeds are ratios of sums, sum of expected work / sum of time worked, where the expected work is that of the route;
 * both are estimated in turns, twice. The usual speed of an instance is the median over the windows, and that of a window
 * is pulled towards it as far as chance explains the difference (empirical Bayes; Efron & Morris 1975):
 *
 *     log speed_w = log usual + b (log ratio_w - log usual),   b = between / (between + error_w^2)
 *
 * where error_w is the standard error of log ratio_w and `between` the variance between windows that errors do not explain.
 */

import { failingShares, refusals } from './fit-failures.ts'
import { type Station, worksMs } from './fit-station.ts'
import type { RecordedCalls } from './recorded-calls.ts'

export interface Trace {
  readonly instances: number
  /** Shape [requests]. */
  readonly timeMs: Float64Array
  readonly route: Int32Array
  /** At speed 1. */
  readonly sizeMs: Float64Array
  /** Between the end of the work and the answer. */
  readonly afterMs: Float64Array
  readonly windowMs: number
  /** Shape [windows x instances]; the first window begins with the first request. */
  readonly speed: Float64Array
  readonly failing: Float64Array
  /** Requests under way at an instance, from which on it refuses more: Infinity if none did. */
  readonly limit: number
  readonly failureMs: number
}

const CALLS_PER_WINDOW = 20
const SHORTEST_WINDOW_MS = 1000
const LONGEST_WINDOW_MS = 60_000
const FEWEST_CALLS = 5

export function fitTrace(calls: RecordedCalls, station: Station): Trace {
  const { timeMs, route, instance, instances, failed, latencyMs } = calls
  const works = worksMs(calls, station)
  const fromMs = timeMs[0]!
  const lengthMs = Math.max(1, timeMs.at(-1)! - fromMs)
  const windowMs = Math.min(
    LONGEST_WINDOW_MS,
    Math.max(SHORTEST_WINDOW_MS, (CALLS_PER_WINDOW * instances * lengthMs) / timeMs.length),
  )
  const windows = Math.floor(lengthMs / windowMs) + 1
  const windowAt = (nowMs: number): number => Math.min(windows - 1, Math.floor((nowMs - fromMs) / windowMs))
  const windowOf = (i: number): number => windowAt(begunAtMs(calls, station, works, i))
  const { limit, refused } = refusals(calls)
  const speed = fitSpeeds(calls, works, windows, windowOf)
  const failing = failingShares(calls, windows, (i) => windowAt(timeMs[i]!), refused)

  const sizeMs = new Float64Array(timeMs.length)
  const afterMs = new Float64Array(timeMs.length)
  const lastOf = new Map<number, number>()
  const means = meanByRoute(route, works)
  let failures = 0
  let failureMs = 0
  for (let i = 0; i < timeMs.length; i++) {
    const work = works[i]!
    if (work >= 0) {
      sizeMs[i] = work * speed[windowOf(i) * instances + instance[i]!]!
      afterMs[i] = Math.max(0, latencyMs[i]! - toldMs(calls, i))
      lastOf.set(route[i]!, i)
      continue
    }
    if (failed[i] === 1) {
      failures++
      failureMs += latencyMs[i]!
    }
    // What it would have been, had it not failed: like the one of its route before it.
    const like = lastOf.get(route[i]!)
    sizeMs[i] = like === undefined ? (means.get(route[i]!) ?? means.get(-1) ?? 1) : sizeMs[like]!
    afterMs[i] = like === undefined ? 0 : afterMs[like]!
  }
  return {
    instances,
    timeMs,
    route,
    sizeMs,
    afterMs,
    windowMs,
    speed,
    failing,
    limit,
    failureMs: failures === 0 ? 1 : failureMs / failures,
  }
}

/** What the instance had it, as far as it told; else all of the latency. */
function toldMs({ queueMs, workMs, latencyMs }: RecordedCalls, i: number): number {
  return workMs[i]! >= 0 ? workMs[i]! + (queueMs[i]! >= 0 ? queueMs[i]! : 0) : latencyMs[i]!
}

/** Mean of what is known; under -1 that of all routes. */
function meanByRoute(route: Int32Array, works: Float64Array): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>()
  for (let i = 0; i < works.length; i++) {
    if (!(works[i]! >= 0)) continue
    for (const key of [route[i]!, -1]) {
      const own = sums.get(key) ?? { sum: 0, count: 0 }
      own.sum += works[i]!
      own.count++
      sums.set(key, own)
    }
  }
  return new Map([...sums].map(([key, { sum, count }]) => [key, sum / count]))
}

/** Shape [windows x instances]. */
function fitSpeeds(
  { route, instance, instances }: RecordedCalls,
  works: Float64Array,
  windows: number,
  windowOf: (i: number) => number,
): Float64Array {
  let overall = new Float64Array(instances).fill(1)
  let sizes = works
  for (let turn = 0; turn < 2; turn++) {
    const expected = meanByRoute(route, sizes)
    const expectedSum = new Float64Array(instances)
    const workSum = new Float64Array(instances)
    for (let i = 0; i < works.length; i++) {
      if (!(works[i]! >= 0)) continue
      expectedSum[instance[i]!]! += expected.get(route[i]!)!
      workSum[instance[i]!]! += works[i]!
    }
    overall = overall.map((_, k) => (workSum[k]! > 0 ? expectedSum[k]! / workSum[k]! : 1))
    const speeds = overall
    sizes = works.map((work, i) => work * speeds[instance[i]!]!)
  }
  return speedsByWindow(route, instance, instances, works, sizes, overall, windows, windowOf)
}

function speedsByWindow(
  route: Int32Array,
  instance: Int32Array,
  instances: number,
  works: Float64Array,
  sizes: Float64Array,
  overall: Float64Array,
  windows: number,
  windowOf: (i: number) => number,
): Float64Array {
  const expected = meanByRoute(route, sizes)
  const variances = meanByRoute(
    route,
    sizes.map((size, i) => (size - (expected.get(route[i]!) ?? 0)) ** 2),
  )
  const expectedSum = new Float64Array(windows * instances)
  const workSum = new Float64Array(windows * instances)
  const variance = new Float64Array(windows * instances)
  const count = new Float64Array(windows * instances)
  for (let i = 0; i < works.length; i++) {
    if (!(works[i]! >= 0)) continue
    const at = windowOf(i) * instances + instance[i]!
    expectedSum[at]! += expected.get(route[i]!)!
    workSum[at]! += works[i]!
    variance[at]! += variances.get(route[i]!)!
    count[at]!++
  }
  const ratios = expectedSum.map((sum, at) => (count[at]! >= FEWEST_CALLS ? sum / workSum[at]! : Number.NaN))
  const speeds = new Float64Array(windows * instances)
  for (let k = 0; k < instances; k++) {
    const ofInstance = (_: number, at: number): boolean => at % instances === k
    const usual = median(ratios.filter(ofInstance)) ?? overall[k]!
    const errors = variance.filter(ofInstance).map((sum, w) => sum / expectedSum[w * instances + k]! ** 2)
    const away = ratios.filter(ofInstance).map((ratio) => Math.log(ratio / usual))
    const between = betweenWindows(away, errors)
    for (const [w, own] of away.entries()) {
      const believed = Number.isNaN(own) || between === 0 ? 0 : between / (between + errors[w]!)
      speeds[w * instances + k] = usual * Math.exp(believed === 0 ? 0 : believed * own)
    }
  }
  return speeds
}

/** Variance of the logarithms of speeds between windows, beyond what chance explains. */
function betweenWindows(away: Float64Array, errors: Float64Array): number {
  let sum = 0
  let known = 0
  for (const [w, own] of away.entries()) {
    if (Number.isNaN(own)) continue
    sum += own ** 2 - errors[w]!
    known++
  }
  return known === 0 ? 0 : Math.max(0, sum / known)
}

/** When a call began to be worked on. */
function begunAtMs(
  { timeMs, queueMs, latencyMs }: RecordedCalls,
  { discipline }: Station,
  works: Float64Array,
  i: number,
): number {
  if (discipline === 'ps' || !(works[i]! >= 0)) return timeMs[i]!
  return timeMs[i]! + (queueMs[i]! >= 0 ? queueMs[i]! : Math.max(0, latencyMs[i]! - works[i]!))
}

function median(values: Float64Array): number | undefined {
  const known = values.filter((value) => value > 0).sort()
  return known.length < FEWEST_CALLS ? undefined : known[known.length >> 1]
}
