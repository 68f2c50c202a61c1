/** Times into order, each with what belongs to it. */

export function isSorted(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if (times[i]! < times[i - 1]!) return false
  return true
}

/** Sorts in place; what came at one time stays in its order. @param along as long as the times, or empty */
export function sortTimes(times: Float64Array, along: Uint32Array): void {
  if (along.length === 0) {
    times.sort()
    return
  }
  const order = Uint32Array.from(times, (_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b)
  const [sortedTimes, sortedAlong] = [new Float64Array(times.length), new Uint32Array(along.length)]
  for (let i = 0; i < order.length; i++) {
    sortedTimes[i] = times[order[i]!]!
    sortedAlong[i] = along[order[i]!]!
  }
  times.set(sortedTimes)
  along.set(sortedAlong)
}
