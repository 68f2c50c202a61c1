/**
 * Under which conditions a candidate is judged: pieces of the recorded traffic, as they were and changed at random
 * (domain randomisation; Tobin et al. 2017). A policy that is good at the load, on the number of instances and at the
 * speeds that were recorded, and nowhere else, is of no use.
 */
import { type Random, uniformInteger } from '../../core/index.ts'
import type { Station } from './fit-station.ts'
import type { Trace } from './fit-trace.ts'
import type { Workload } from './workload.ts'

export interface Condition {
  readonly name: string
  /** Share of the capacity that is used; undefined: as recorded, but no more than can be served. */
  readonly utilisation?: number
  /** Number of instances, as a multiple of those recorded. */
  readonly instances?: number
  /** Instances lose most of their speed now and then. */
  readonly noisy?: boolean
  /** Only in every second generation of a search: the even (0) or the odd ones (1). */
  readonly turn?: 0 | 1
}

export const CONDITIONS: readonly Condition[] = [
  { name: 'as recorded' },
  { name: 'busy', utilisation: 0.92 },
  { name: 'usual', utilisation: 0.8, turn: 0 },
  { name: 'quiet', utilisation: 0.5, turn: 1 },
  { name: 'more instances', utilisation: 0.85, instances: 2, turn: 0 },
  { name: 'fewer instances', utilisation: 0.8, instances: 0.5, turn: 1 },
  { name: 'noisy instances', utilisation: 0.7, noisy: true },
]

/** Above this, queues only grow, and all policies are alike. */
const MOST_UTILISATION = 0.95
const FEWEST_INSTANCES = 2
const MOST_INSTANCES = 16
/** Of the noise: windows per workload, share of the windows, and what is left of the speed. */
const NOISE_WINDOWS = 12
const NOISE_SHARE = 0.2
const NOISE_SPEED = 0.3
/** A failed request counts as so many times the mean work of a request, as long as a client would wait for it. */
const PENALTY = 100

/**
 * @param service to which the policy believes to belong
 * @param requests how many; a trace that is shorter is run through again
 */
export function workloadOf(
  service: string,
  { discipline, workers }: Station,
  trace: Trace,
  condition: Condition,
  requests: number,
  random: Random,
): Workload {
  const recorded = trace.timeMs.length
  const from = recorded <= requests ? 0 : uniformInteger(random, 0, recorded - requests)
  const pick = (k: number): number => (from + k) % recorded
  const instances = instancesOf(trace.instances, condition)
  const columns = columnsOf(trace.instances, instances, random)
  const speed = condition.noisy
    ? noisySpeeds(trace, columns, random)
    : selected(trace.speed, trace.instances, columns)
  const sizeMs = Float64Array.from({ length: requests }, (_, k) => trace.sizeMs[pick(k)]!)
  const timeMs = recordedTimes(trace, from, requests)
  const workMs = sizeMs.reduce((sum, size) => sum + size)
  const spanMs = Math.max(1e-6, timeMs[requests - 1]! - timeMs[0]!)
  const capacity = workers * instances * mean(speed)
  const utilisation = workMs / (capacity * spanMs)
  const stretch = utilisation / (condition.utilisation ?? Math.min(utilisation, MOST_UTILISATION))
  for (let k = 0; k < requests; k++) timeMs[k]! *= stretch
  return {
    service,
    instances,
    workers,
    discipline,
    limit: trace.limit,
    timeMs,
    route: Int32Array.from({ length: requests }, (_, k) => trace.route[pick(k)]!),
    sizeMs,
    afterMs: Float64Array.from({ length: requests }, (_, k) => trace.afterMs[pick(k)]!),
    draw: Float64Array.from({ length: requests }, () => random()),
    windowMs: condition.noisy ? (spanMs * stretch) / NOISE_WINDOWS : trace.windowMs,
    // Where the piece was cut out of the trace: what happened then, happens now.
    windowsFromMs: condition.noisy ? 0 : trace.timeMs[0]! - trace.timeMs[from]!,
    speed,
    failing: condition.noisy
      ? new Float64Array(speed.length)
      : selected(trace.failing, trace.instances, columns),
    failureMs: trace.failureMs,
    penaltyMs: (PENALTY * workMs) / requests,
  }
}

function instancesOf(recorded: number, { instances = 1 }: Condition): number {
  const changed = Math.round(recorded * instances)
  return instances === 1 ? recorded : Math.max(FEWEST_INSTANCES, Math.min(MOST_INSTANCES, changed))
}

/** Which recorded instance each one is like: themselves, or all of them in turns, in an order that is drawn. */
function columnsOf(recorded: number, instances: number, random: Random): number[] {
  if (recorded === instances) return Array.from({ length: instances }, (_, i) => i)
  const order = Array.from({ length: recorded }, (_, i) => ({ i, at: random() }))
  order.sort((a, b) => a.at - b.at)
  return Array.from({ length: instances }, (_, k) => order[k % recorded]!.i)
}

/** Shape [windows x columns]. */
function selected(values: Float64Array, width: number, columns: readonly number[]): Float64Array {
  const windows = values.length / width
  const chosen = new Float64Array(windows * columns.length)
  for (let w = 0; w < windows; w++) {
    for (const [k, column] of columns.entries()) chosen[w * columns.length + k] = values[w * width + column]!
  }
  return chosen
}

function noisySpeeds({ speed }: Trace, columns: readonly number[], random: Random): Float64Array {
  return Float64Array.from({ length: NOISE_WINDOWS * columns.length }, (_, at) => {
    const usual = speed[columns[at % columns.length]!]!
    return random() < NOISE_SHARE ? NOISE_SPEED * usual : usual
  })
}

/** From 0 on. A trace that is run through again goes on after a mean gap. */
function recordedTimes({ timeMs }: Trace, from: number, requests: number): Float64Array {
  const recorded = timeMs.length
  const lengthMs = (timeMs.at(-1)! - timeMs[0]!) * (1 + 1 / Math.max(1, recorded - 1))
  return Float64Array.from({ length: requests }, (_, k) => {
    const at = from + k
    return timeMs[at % recorded]! + Math.floor(at / recorded) * lengthMs - timeMs[from]!
  })
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value) / values.length
}
