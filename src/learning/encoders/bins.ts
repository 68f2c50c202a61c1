/** Bins of one feature: fitted on values, applied to values. */

/**
 * Quantile edges by nearest rank, duplicates dropped: edge k is the smallest value with at least k/bins of the
 * data at or below it. The greatest value is no edge, so a constant feature has none and just one bin.
 *
 * @param values any order, NaN means missing; overwritten (sorted)
 */
export function quantileEdges(values: Float32Array, bins: number): number[] {
  values.sort() // numeric, NaN last
  let known = values.length
  while (known > 0 && Number.isNaN(values[known - 1])) known--
  const edges: number[] = []
  for (let k = 1; k < bins; k++) {
    const value = values[Math.ceil((k / bins) * known) - 1]
    if (value === undefined || value === values[known - 1]) break
    // Values are thousandths kept as 32-bit floats: rounding back gives the decimal that a person would write.
    const edge = Math.round(value * 1000) / 1000
    if (edge !== edges.at(-1)) edges.push(edge)
  }
  return edges
}

/** Edges in the resolution of the values that they are compared with. */
export function comparable(edges: readonly number[]): Float32Array {
  return Float32Array.from(edges)
}

/** How many bins the edges make, the one for missing values included. */
export function binCount(edges: ArrayLike<number>): number {
  return edges.length + 2
}

/** Bin of a value: i if it is at most edge i, the last bin above all edges, and one more for NaN. */
export function binOf(value: number, edges: Float32Array): number {
  if (Number.isNaN(value)) return edges.length + 1
  let bin = 0
  while (bin < edges.length && value > edges[bin]!) bin++
  return bin
}
