/**
 * A ramp between two numbers of users as single steps: the j-th of n comes at (j - 1/2) / n of it, so that the area
 * under the steps is the area under the line.
 */
import type { Level } from './executor-kind.ts'

/** From after the level `from` to the level `to`, within [startMs, startMs + lengthMs]. */
export function* rampedLevels(startMs: number, lengthMs: number, from: number, to: number): Generator<Level> {
  const change = Math.abs(to - from)
  for (let j = 1; j <= change; j++) {
    yield { sinceStartMs: startMs + (lengthMs * (j - 0.5)) / change, users: from + j * Math.sign(to - from) }
  }
}
