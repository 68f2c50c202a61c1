/** The starts of a phase with an executor, and what can be measured of times. */
import type { OpenExecutor } from '../../../src/scenario/index.ts'
import { sessionStarts } from '../../../src/traffic/index.ts'
import { phaseOf } from '../../shop/small-scenario.ts'

/** In ms from the start of the phase. */
export function startsOf(executor: OpenExecutor, durationMs: number, seed = 1, phase = 0): number[] {
  return [...sessionStarts(phaseOf({ executor, startMs: 0, durationMs }), phase, seed)]
}

/** Largest distance between the empirical distribution of the values and a continuous one (Kolmogorov-Smirnov). */
export function distance(values: readonly number[], distribution: (value: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.max(
    ...sorted.map((value, i) => {
      const expected = distribution(value)
      return Math.max(expected - i / sorted.length, (i + 1) / sorted.length - expected)
    }),
  )
}

/** The Kolmogorov-Smirnov distance that one sample in a hundred exceeds. */
export const criticalDistance = (count: number): number => 1.63 / Math.sqrt(count)

/** How many times fall into each of the windows of one length, one behind the other. */
export function countsPer(windowMs: number, times: readonly number[], durationMs: number): number[] {
  const counts = new Array<number>(Math.floor(durationMs / windowMs)).fill(0)
  for (const time of times) {
    const window = Math.floor(time / windowMs)
    if (window < counts.length) counts[window]!++
  }
  return counts
}

/** Variance / mean: 0 for a clock, 1 for a Poisson process. */
export function dispersion(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1) / mean
}
