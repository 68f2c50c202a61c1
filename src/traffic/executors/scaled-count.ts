/** A number of users or sessions, scaled: who asked for any must not lose them all to rounding. */
export function scaledCount(count: number, factor: number): number {
  return count === 0 ? 0 : Math.max(1, Math.round(count * factor))
}
