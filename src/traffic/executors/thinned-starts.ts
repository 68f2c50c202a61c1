/**
 * Starts of a Poisson process whose rate changes over time, by thinning (P. A. W. Lewis and G. S. Shedler, "Simulation
 * of nonhomogeneous Poisson processes by thinning", Naval Research Logistics Quarterly 26, 1979): candidates come at
 * the highest rate, and one at t is kept with the probability rate(t) / highest rate.
 */
import { exponential, type Random } from '../../core/index.ts'

/**
 * @param mostPerSecond the rate is never above it
 * @param rateAt starts per second, by ms since the start of the phase
 */
export function* thinnedStarts(
  random: Random,
  durationMs: number,
  mostPerSecond: number,
  rateAt: (sinceStartMs: number) => number,
): Generator<number, undefined> {
  if (mostPerSecond === 0) return
  const meanGapMs = 1000 / mostPerSecond
  let sinceStartMs = 0
  while (true) {
    sinceStartMs += exponential(random, meanGapMs)
    if (sinceStartMs >= durationMs) return
    if (random() * mostPerSecond < rateAt(sinceStartMs)) yield sinceStartMs
  }
}
