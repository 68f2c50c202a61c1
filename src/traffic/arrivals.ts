/** Open-loop starts of sessions: a Poisson process whose rate ramps up linearly and then holds. */
import { exponential, type Random } from '../core/index.ts'
import type { Phase } from '../scenario/index.ts'

/**
 * Start times of the sessions of one phase in ms, in order. Thinning (Lewis and Shedler 1979): candidates come at
 * the full rate and are kept with the probability rate(t) / full rate.
 */
export function* sessionStarts(phase: Phase, random: Random): Generator<number> {
  if (phase.sessionsPerSecond === 0) return
  const meanGapMs = 1000 / phase.sessionsPerSecond
  let sinceStartMs = 0
  while (true) {
    sinceStartMs += exponential(random, meanGapMs)
    if (sinceStartMs >= phase.durationMs) return
    const kept = random() * phase.rampUpMs < sinceStartMs
    if (kept) yield phase.startMs + sinceStartMs
  }
}
