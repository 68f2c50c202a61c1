/**
 * Starts at the times of a trace: t / speed, whatever the seed, so that two targets meet the very same traffic.
 *
 * With a factor of 1 every start of the trace comes once. Otherwise start k comes floor(factor) times, and once more
 * with the probability of what is left, drawn by key; what comes again does so at an even time between start k and the
 * next, as doubled traffic would, and not at the same instant. (GoReplay's `--output-http "URL|200%"` amplifies so.)
 */
import { keyedUniform, keyOf, mixKeys } from '../../core/index.ts'
import { executorParameters, loadTrace, type TraceReplay, type TraceTimes } from '../../scenario/index.ts'
import type { OpenKind } from './executor-kind.ts'

/** The peak is that of a window which tells a rate from two starts that happen to be close. */
const PEAK_WINDOW_MS = 10_000

/** A start, and which of the trace it is. */
export interface ReplayedStart {
  readonly sinceStartMs: number
  readonly index: number
}

export const traceReplay: OpenKind<TraceReplay> = {
  name: 'trace-replay',
  summary: 'starts sessions, or sends requests, when a trace says that real ones came',
  model: 'open',
  knownAs: 'not in k6; GoReplay; h2load --timing-script-file',
  get parameters() {
    return executorParameters('trace-replay')
  },
  starts: function* (executor, { durationMs }) {
    for (const { sinceStartMs } of replayedStarts(executor)) {
      if (sinceStartMs >= durationMs) return
      yield sinceStartMs
    }
  },
  expectedStarts,
  peakRate: (executor, durationMs) => {
    const { trace, speed, factor } = executor
    const windowMs = Math.min(PEAK_WINDOW_MS, durationMs)
    const most = mostWithin(loadTrace(trace).atMs, windowMs * speed, durationMs * speed) * factor
    // Where windows do not fill the time, those that lie in it may all have fewer than it has on average.
    return 1000 * Math.max(most / windowMs, expectedStarts(executor, durationMs) / durationMs)
  },
  scaled: (executor, factor) => ({ ...executor, factor: executor.factor * factor }),
}

function expectedStarts({ trace, speed, factor }: TraceReplay, durationMs: number): number {
  const all = durationMs > trace.durationMs / speed
  return factor * (all ? trace.starts : countBelow(loadTrace(trace).atMs, durationMs * speed))
}

/** In the order of time. The object is reused: a trace may have ten million starts. */
export function* replayedStarts({ trace, speed, factor }: TraceReplay): Generator<ReplayedStart, undefined> {
  const { atMs } = loadTrace(trace)
  const start = { sinceStartMs: 0, index: 0 }
  const key = keyOf(trace.sha256)
  for (let k = 0; k < atMs.length; k++) {
    start.index = k
    const at = atMs[k]! / speed
    if (factor === 1) {
      start.sinceStartMs = at
      yield start
      continue
    }
    const gap = atMs[Math.min(k + 1, atMs.length - 1)]! / speed - at
    for (const later of timesOf(mixKeys(key, k), factor)) {
      start.sinceStartMs = at + later * gap
      yield start
    }
  }
}

/** When one start comes again, as shares of the gap to the next; the first time is 0. */
function timesOf(key: number, factor: number): number[] {
  const whole = Math.floor(factor)
  const count = whole + (keyedUniform(key, 0) < factor - whole ? 1 : 0)
  return Array.from({ length: count }, (_, i) => (i === 0 ? 0 : keyedUniform(key, i))).sort((a, b) => a - b)
}

const origins = new WeakMap<TraceReplay, Uint32Array>()

/** Which start of the trace the start at a place of the plan is. */
export function traceIndexOf(executor: TraceReplay, place: number): number {
  if (executor.factor === 1) return place
  let known = origins.get(executor)
  if (known === undefined) {
    known = Uint32Array.from(indices(executor))
    origins.set(executor, known)
  }
  return known[place]!
}

function* indices(executor: TraceReplay): Generator<number> {
  for (const { index } of replayedStarts(executor)) yield index
}

function countBelow(times: TraceTimes['atMs'], limitMs: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < limitMs) low = middle + 1
    else high = middle
  }
  return low
}

/** The most times within any window of so many ms. */
function mostWithin(times: TraceTimes['atMs'], windowMs: number, untilMs: number): number {
  let most = 0
  for (let from = 0, to = 0; to < times.length && times[to]! < untilMs; to++) {
    while (times[to]! - times[from]! >= windowMs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
