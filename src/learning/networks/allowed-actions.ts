/** What of the values of actions counts when networks choose: training, judging and serving all come through here. */

/**
 * Bars every action that the logger would hardly have taken (Fujimoto et al. 2019, eq. 14): that is less probable than
 * `threshold` times the most probable one. As logits: below the highest by more than -ln(threshold).
 * What is barred already is not compared to, or all might be barred.
 *
 * @param logits those of the decision stand from `start` up to `end`
 * @param values overwritten with -Infinity where barred
 */
export function barUnlikely(
  logits: Float64Array,
  start: number,
  end: number,
  threshold: number,
  values: Float64Array,
): void {
  let highest = Number.NEGATIVE_INFINITY
  for (let a = start; a < end; a++) {
    if (logits[a]! > highest && values[a]! > Number.NEGATIVE_INFINITY) highest = logits[a]!
  }
  const least = highest + Math.log(threshold)
  for (let a = start; a < end; a++) if (logits[a]! < least) values[a] = Number.NEGATIVE_INFINITY
}

/** Bars fixed actions, by their number, in `rows` rows of `actions` values each. */
export function barFixed(
  barred: readonly number[],
  actions: number,
  rows: number,
  values: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    for (const action of barred) values[row * actions + action] = Number.NEGATIVE_INFINITY
  }
}

/** Index of the highest value in [start, end), the first of equals. */
export function highestOf(values: Float64Array, start: number, end: number): number {
  let best = start
  for (let a = start + 1; a < end; a++) if (values[a]! > values[best]!) best = a
  return best
}
