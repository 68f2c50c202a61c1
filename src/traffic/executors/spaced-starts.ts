/**
 * Starts that are spaced exactly: start k comes when the area under the rate reaches k + 1/2.
 *
 * With the half, the number of starts is the area rounded, whatever its fraction, and each stands in the middle of the
 * stretch that it is there for; so the steps of ramping users are placed, too. (k6 puts start k where the area is k if
 * the rate is constant, so that its first one comes at once, and where it is k + 1 on a ramp.) Starts are computed from
 * k and the area before the stage, not by adding gaps up, so no error grows with time.
 */
import type { RateStage } from '../../scenario/index.ts'

/** The last rate holds for what is left of the phase. */
export function* spacedStarts(
  startPerSecond: number,
  stages: readonly RateStage[],
  durationMs: number,
): Generator<number, undefined> {
  let stageStartMs = 0
  let fromPerMs = startPerSecond / 1000
  let areaBefore = 0
  let k = 0
  for (const stage of [...stages, { durationMs: Number.POSITIVE_INFINITY, sessionsPerSecond: Number.NaN }]) {
    const isLast = stage.durationMs === Number.POSITIVE_INFINITY
    const toPerMs = isLast ? fromPerMs : stage.sessionsPerSecond / 1000
    const lengthMs = isLast ? durationMs - stageStartMs : stage.durationMs
    if (lengthMs > 0) {
      const area = ((fromPerMs + toPerMs) / 2) * lengthMs
      const slope = (toPerMs - fromPerMs) / lengthMs
      for (; k + 0.5 <= areaBefore + area; k++) {
        const sinceStartMs = stageStartMs + timeOfArea(k + 0.5 - areaBefore, fromPerMs, slope, lengthMs)
        if (sinceStartMs >= durationMs) return
        yield sinceStartMs
      }
      areaBefore += area
    }
    stageStartMs += lengthMs
    fromPerMs = toPerMs
  }
}

/**
 * When the area under from + slope * t reaches `area`: the root of slope/2 t^2 + from t - area, in the form that
 * neither a slope of 0 nor a rate of 0 takes the digits of.
 */
function timeOfArea(area: number, fromPerMs: number, slopePerMs2: number, mostMs: number): number {
  const root = Math.sqrt(Math.max(0, fromPerMs * fromPerMs + 2 * slopePerMs2 * area))
  return Math.min((2 * area) / (fromPerMs + root), mostMs)
}

/** Area under the rate: starts, but for rounding. */
export function areaUnder(startPerSecond: number, stages: readonly RateStage[], durationMs: number): number {
  let leftMs = durationMs
  let from = startPerSecond
  let area = 0
  for (const { durationMs: stageMs, sessionsPerSecond: to } of stages) {
    const lengthMs = Math.min(stageMs, leftMs)
    const reached = stageMs === 0 ? to : from + ((to - from) * lengthMs) / stageMs
    area += ((from + reached) / 2) * (lengthMs / 1000)
    leftMs -= lengthMs
    from = reached
  }
  return area + (from * leftMs) / 1000
}
