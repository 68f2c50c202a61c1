/** Who failed when, and who only refused because it was full. */
import type { RecordedCalls } from './recorded-calls.ts'

/** So many answers at the usual share of failures are added to those of a window. */
const PRIOR_ANSWERS = 3
const FEWEST_REFUSED = 5

/** Shape [windows x instances]. Whoever refuses because it is full is not broken: the limit stands for those. */
export function failingShares(
  { instance, instances, failed }: RecordedCalls,
  windows: number,
  windowOf: (i: number) => number,
  refused: Uint8Array,
): Float64Array {
  const failures = new Float64Array(windows * instances)
  const answers = new Float64Array(windows * instances)
  const failuresOf = new Float64Array(instances)
  const answersOf = new Float64Array(instances)
  for (let i = 0; i < failed.length; i++) {
    if (refused[i] === 1) continue
    const own = instance[i]!
    const at = windowOf(i) * instances + own
    answers[at]!++
    answersOf[own]!++
    failures[at]! += failed[i]!
    failuresOf[own]! += failed[i]!
  }
  return failures.map((sum, at) => {
    const own = at % instances
    const usual = failuresOf[own]! / Math.max(1, answersOf[own]!)
    return (sum + PRIOR_ANSWERS * usual) / (answers[at]! + PRIOR_ANSWERS)
  })
}

/**
 * The most that any instance had when it took one more, if there were failures with that many and more: then those were
 * refused.
 */
export function refusals({ timeMs, latencyMs, failed, instance, instances }: RecordedCalls): {
  limit: number
  refused: Uint8Array
} {
  const ends: number[][] = Array.from({ length: instances }, () => [])
  const found = new Int32Array(timeMs.length)
  let most = 0
  for (let i = 0; i < timeMs.length; i++) {
    const there = ends[instance[i]!]!.filter((end) => end > timeMs[i]!)
    found[i] = there.length
    if (failed[i] === 0) most = Math.max(most, there.length)
    there.push(timeMs[i]! + latencyMs[i]!)
    ends[instance[i]!] = there
  }
  const refused = failed.map((one, i) => (one === 1 && most > 0 && found[i]! > most ? 1 : 0))
  if (refused.reduce((sum, one) => sum + one, 0) >= FEWEST_REFUSED) return { limit: most + 1, refused }
  return { limit: Number.POSITIVE_INFINITY, refused: new Uint8Array(failed.length) }
}
