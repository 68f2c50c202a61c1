/**
 * Logs with whole seconds: what came within one did not come at its beginning. Given how many came, the times of a
 * Poisson process are independent and uniform (Cox & Lewis, The Statistical Analysis of Series of Events, 1966), so that
 * is how they are filled: by key, the same for the same trace. Evenly spaced ones would be kinder than real traffic.
 */
import { keyedUniform, keyOf, mixKeys } from '../../core/index.ts'

const SECOND_MS = 1000
const KEY = keyOf('trace/within-a-second')

/** @param times whole seconds, in order; filled in place, and in order again. @returns how many were moved */
export function spreadSeconds(times: Float64Array): number {
  for (let from = 0; from < times.length; ) {
    const second = times[from]!
    let to = from + 1
    while (to < times.length && times[to] === second) to++
    const key = mixKeys(KEY, second / SECOND_MS)
    for (let i = from; i < to; i++) times[i] = second + SECOND_MS * keyedUniform(key, i - from)
    times.subarray(from, to).sort()
    from = to
  }
  return times.length
}
