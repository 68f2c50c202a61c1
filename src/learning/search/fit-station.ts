/**
 * What kind of queue the instances of a service are, and how much work each request was, from when requests came and
 * were done.
 *
 * If the instances tell how long requests waited, first come first served shows: the workers are as many as an instance
 * must have before most that come have to wait. If nobody ever waited, or nobody tells, each way to serve is tried on
 * the log, and the one is taken under which what happened is most likely: if the works of one route are log-normal,
 *
 *     log-likelihood per call = - log sigma - mean of log work + mean of log (d work / d done) + constant
 *
 * where sigma^2 is the variance of log work within routes, and the work is what it must have been to be done when it was:
 *
 *     first come first served, c workers:  work = done - max(came, c-th latest end of those before)
 *     processor sharing, c cores:          work = integral of min(1, c / n(t)) from came to done, d work / d done its end
 *
 * All that at speed 1 throughout; `fit-conditions.ts` finds out how fast the instances really were.
 */
import type { RecordedCalls } from './recorded-calls.ts'

export interface Station {
  readonly discipline: 'fcfs' | 'ps'
  readonly workers: number
}

/** Waiting that is no more than rounding. */
const NO_WAIT_MS = 0.01
/** So many that had to wait show that there is a queue. */
const FEWEST_WAITING = 5
const MOST_WORKERS = 64
const WORKERS_TO_TRY = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64]
/** Less than this cannot be the work of a call, so that it cannot have been done when it was. */
const LEAST_WORK_MS = 1e-3
const IMPOSSIBLE = -20
/** So much likelier per call than the ample one must another station be, to be believed. */
const SHOWN = 0.01
/** Calls that are looked at, of all runs together. */
const MOST_CALLS = 40_000

export function fitStation(runs: readonly RecordedCalls[]): Station {
  const looked = runs.map((calls) => upTo(calls, Math.ceil(MOST_CALLS / runs.length)))
  const told = looked.some(({ queueMs }) => queueMs.some((wait) => wait >= 0))
  if (told) {
    const workers = workersByWaiting(looked)
    if (workers !== undefined) return { discipline: 'fcfs', workers }
  }
  return likeliestStation(looked, told)
}

/** When the work of each call was done, whatever came then: NaN for failures. */
function doneAtMs({ timeMs, failed, latencyMs, queueMs, workMs }: RecordedCalls): Float64Array {
  return timeMs.map((came, i) => {
    if (failed[i] === 1) return Number.NaN
    if (!(workMs[i]! >= 0)) return came + latencyMs[i]!
    return came + workMs[i]! + (queueMs[i]! >= 0 ? queueMs[i]! : 0)
  })
}

/** The work of each call at speed 1; NaN for failures. */
export function worksMs(calls: RecordedCalls, station: Station): Float64Array {
  const { queueMs, workMs } = calls
  const { works } = servedWorks(calls, station)
  if (station.discipline === 'ps') return works
  // Where both were told there is nothing to find out.
  return works.map((work, i) => (queueMs[i]! >= 0 && workMs[i]! >= 0 && work >= 0 ? workMs[i]! : work))
}

/** @returns works, and how fast each was worked on at its end; NaN for failures */
function servedWorks(
  calls: RecordedCalls,
  { discipline, workers }: Station,
): { works: Float64Array; rates: Float64Array } {
  const doneMs = doneAtMs(calls)
  const works = new Float64Array(doneMs.length).fill(Number.NaN)
  const rates = new Float64Array(doneMs.length).fill(1)
  for (const own of callsByInstance(calls, doneMs)) {
    if (discipline === 'fcfs') servedInTurn(calls.timeMs, doneMs, own, workers, works)
    else shared(calls.timeMs, doneMs, own, workers, works, rates)
  }
  return { works, rates }
}

/** The calls of each instance that were done, in the order in which they came. */
function callsByInstance({ instances, instance }: RecordedCalls, doneMs: Float64Array): number[][] {
  const calls: number[][] = Array.from({ length: instances }, () => [])
  for (let i = 0; i < doneMs.length; i++) if (doneMs[i]! >= 0) calls[instance[i]!]?.push(i)
  return calls
}

function servedInTurn(
  timeMs: Float64Array,
  doneMs: Float64Array,
  own: readonly number[],
  workers: number,
  works: Float64Array,
): void {
  // The latest ends so far, in no order.
  const ends = new Float64Array(workers).fill(Number.NEGATIVE_INFINITY)
  for (const i of own) {
    let earliest = 0
    for (let w = 1; w < workers; w++) if (ends[w]! < ends[earliest]!) earliest = w
    works[i] = Math.max(0, doneMs[i]! - Math.max(timeMs[i]!, ends[earliest]!))
    if (doneMs[i]! > ends[earliest]!) ends[earliest] = doneMs[i]!
  }
}

function shared(
  timeMs: Float64Array,
  doneMs: Float64Array,
  own: readonly number[],
  cores: number,
  works: Float64Array,
  rates: Float64Array,
): void {
  const byEnd = own.toSorted((a, b) => doneMs[a]! - doneMs[b]! || a - b)
  let attainedMs = 0
  let sinceMs = 0
  let there = 0
  let next = 0
  const passTo = (nowMs: number): void => {
    if (there > 0) attainedMs += (nowMs - sinceMs) * Math.min(1, cores / there)
    sinceMs = nowMs
  }
  const leave = (call: number): void => {
    passTo(doneMs[call]!)
    works[call]! += attainedMs
    rates[call] = Math.min(1, cores / there--)
  }
  for (const i of own) {
    while (doneMs[byEnd[next]!]! <= timeMs[i]!) leave(byEnd[next++]!)
    passTo(timeMs[i]!)
    works[i] = -attainedMs
    there++
  }
  while (next < byEnd.length) leave(byEnd[next++]!)
}

/** Undefined if nobody had to wait. */
function workersByWaiting(runs: readonly RecordedCalls[]): number | undefined {
  const came = new Float64Array(MOST_WORKERS + 1)
  const waited = new Float64Array(MOST_WORKERS + 1)
  for (const calls of runs) {
    const doneMs = doneAtMs(calls)
    for (const own of callsByInstance(calls, doneMs)) {
      let there: number[] = []
      for (const i of own) {
        there = there.filter((end) => end > calls.timeMs[i]!)
        const found = Math.min(MOST_WORKERS, there.length)
        came[found]!++
        if (calls.queueMs[i]! > NO_WAIT_MS) waited[found]!++
        there.push(doneMs[i]!)
      }
    }
  }
  if (waited.reduce((sum, count) => sum + count) < FEWEST_WAITING) return undefined
  const most = came.findIndex((count, n) => n > 0 && count >= FEWEST_WAITING && waited[n]! > count / 2)
  return most > 0
    ? most
    : Math.max(
        1,
        waited.findIndex((count, n) => n > 0 && count > 0),
      )
}

/** Without a sign of anything else: as many workers as anybody ever found busy, or more. */
function likeliestStation(runs: readonly RecordedCalls[], nobodyWaited: boolean): Station {
  const ample: Station = { discipline: 'ps', workers: MOST_WORKERS }
  let best = ample
  let most = logLikelihood(runs, ample) + SHOWN
  for (const discipline of nobodyWaited ? (['ps'] as const) : (['ps', 'fcfs'] as const)) {
    for (const workers of WORKERS_TO_TRY) {
      const likelihood = logLikelihood(runs, { discipline, workers })
      if (likelihood <= most) continue
      best = { discipline, workers }
      most = likelihood
    }
  }
  return best
}

/** Mean over the calls. */
function logLikelihood(runs: readonly RecordedCalls[], station: Station): number {
  const count = new Map<number, number>()
  const sum = new Map<number, number>()
  let squares = 0
  let others = 0
  let possible = 0
  let impossible = 0
  for (const calls of runs) {
    const { works, rates } = servedWorks(calls, station)
    for (let i = 0; i < works.length; i++) {
      if (works[i]! < LEAST_WORK_MS) impossible++
      if (!(works[i]! >= LEAST_WORK_MS)) continue
      const log = Math.log(works[i]!)
      const route = calls.route[i]!
      count.set(route, (count.get(route) ?? 0) + 1)
      sum.set(route, (sum.get(route) ?? 0) + log)
      squares += log * log
      others += Math.log(rates[i]!) - log
      possible++
    }
  }
  if (possible === 0) return Number.NEGATIVE_INFINITY
  for (const [route, total] of sum) squares -= total ** 2 / count.get(route)!
  const sigma = Math.sqrt(Math.max(squares / possible, 1e-6))
  return (
    (possible * (others / possible - Math.log(sigma)) + impossible * IMPOSSIBLE) / (possible + impossible)
  )
}

function upTo(calls: RecordedCalls, most: number): RecordedCalls {
  if (calls.timeMs.length <= most) return calls
  const { timeMs, route, instance, failed, latencyMs, queueMs, workMs } = calls
  return {
    ...calls,
    timeMs: timeMs.subarray(0, most),
    route: route.subarray(0, most),
    instance: instance.subarray(0, most),
    failed: failed.subarray(0, most),
    latencyMs: latencyMs.subarray(0, most),
    queueMs: queueMs.subarray(0, most),
    workMs: workMs.subarray(0, most),
  }
}
