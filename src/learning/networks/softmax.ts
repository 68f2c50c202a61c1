/** Softmax over a part of an array, safe for large numbers. */

/**
 * Writes softmax(values[start..end)) at the same places of `probabilities`.
 *
 * @returns log sum exp of the values
 */
export function softmax(
  values: Float64Array,
  start: number,
  end: number,
  probabilities: Float64Array,
): number {
  let highest = values[start]!
  for (let a = start + 1; a < end; a++) if (values[a]! > highest) highest = values[a]!
  let total = 0
  for (let a = start; a < end; a++) {
    const weight = Math.exp(values[a]! - highest)
    probabilities[a] = weight
    total += weight
  }
  for (let a = start; a < end; a++) probabilities[a]! /= total
  return highest + Math.log(total)
}
