/** Counting and finding the instances that may be chosen: `eligible[i]` is 1 or 0. */

export function countEligible(eligible: Uint8Array, count: number): number {
  let candidates = 0
  for (let i = 0; i < count; i++) candidates += eligible[i]!
  return candidates
}

/** Index of the eligible instance that has `rank` eligible ones before it. */
export function nthEligible(eligible: Uint8Array, rank: number): number {
  let left = rank
  for (let i = 0; i < eligible.length; i++) {
    if (eligible[i] === 1 && left-- === 0) return i
  }
  throw new RangeError(`fewer than ${rank + 1} eligible instances`)
}
