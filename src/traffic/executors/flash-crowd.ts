/**
 * A crowd that comes all at once and loses interest: base rate, a rise in a straight line to `spikeFactor` times the
 * base, and an exponential decay back to it; Poisson starts at that rate (thinned, see `thinned-starts.ts`).
 *
 * The shape follows I. Ari et al., "Managing flash crowds on the Internet" (MASCOTS 2003): ramp up, and decay. Their
 * flat top is left out: measured crowds peak at once.
 */
import { executorParameters, type FlashCrowd } from '../../scenario/index.ts'
import type { OpenKind } from './executor-kind.ts'
import { thinnedStarts } from './thinned-starts.ts'

/** What is above the base, as a share of what is above it at the peak. */
function excessAt({ startMs, riseMs, decayMs }: FlashCrowd, sinceStartMs: number): number {
  if (sinceStartMs < startMs) return 0
  if (sinceStartMs < startMs + riseMs) return (sinceStartMs - startMs) / riseMs
  return Math.exp(-(sinceStartMs - startMs - riseMs) / decayMs)
}

/** Integral of the above. */
function excessMs({ startMs, riseMs, decayMs }: FlashCrowd, untilMs: number): number {
  const risenMs = Math.min(Math.max(0, untilMs - startMs), riseMs)
  const rise = riseMs === 0 ? 0 : (risenMs * risenMs) / (2 * riseMs)
  return rise + decayMs * (1 - Math.exp(-Math.max(0, untilMs - startMs - riseMs) / decayMs))
}

export const flashCrowd: OpenKind<FlashCrowd> = {
  name: 'flash-crowd',
  summary: 'starts sessions at random, with a sudden crowd that goes away exponentially',
  model: 'open',
  knownAs: 'not in k6; stages of ramping-arrival-rate come near it',
  get parameters() {
    return executorParameters('flash-crowd')
  },
  starts: (executor, { durationMs, stream }) => {
    const { baseSessionsPerSecond, spikeFactor } = executor
    return thinnedStarts(
      stream('arrivals'),
      durationMs,
      baseSessionsPerSecond * spikeFactor,
      (sinceStartMs) => baseSessionsPerSecond * (1 + (spikeFactor - 1) * excessAt(executor, sinceStartMs)),
    )
  },
  expectedStarts: (executor, durationMs) => {
    const { baseSessionsPerSecond, spikeFactor } = executor
    return (baseSessionsPerSecond * (durationMs + (spikeFactor - 1) * excessMs(executor, durationMs))) / 1000
  },
  peakRate: (executor, durationMs) => {
    const peakMs = Math.min(durationMs, executor.startMs + executor.riseMs)
    return executor.baseSessionsPerSecond * (1 + (executor.spikeFactor - 1) * excessAt(executor, peakMs))
  },
  scaled: (executor, factor) => ({
    ...executor,
    baseSessionsPerSecond: executor.baseSessionsPerSecond * factor,
  }),
}
