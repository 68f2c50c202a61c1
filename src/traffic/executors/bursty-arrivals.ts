/**
 * Bursts: a Markov-modulated Poisson process with two states. Each state lasts an exponential time, and while it lasts
 * starts are Poisson at its rate (W. Fischer and K. Meier-Hellstern, "The Markov-modulated Poisson process (MMPP)
 * cookbook", Performance Evaluation 18, 1993).
 *
 * With rates l1, l2, and r1, r2 the rates of leaving the states (1 / their mean lengths): the mean rate is
 * (l1 r2 + l2 r1) / (r1 + r2), and the index of dispersion of counts over t
 *
 *   1 + 2 (l1 - l2)^2 r1 r2 / ((r1 + r2)^2 (l1 r2 + l2 r1)) * (1 - (1 - e^(-(r1 + r2) t)) / ((r1 + r2) t))
 *
 * where 1 is Poisson. The first state is drawn as the process is found at any time, so that it is stationary.
 */
import { exponential } from '../../core/index.ts'
import { type BurstyArrivals, executorParameters } from '../../scenario/index.ts'
import type { OpenKind, StartSetting } from './executor-kind.ts'

function* burstyStarts(
  executor: BurstyArrivals,
  { durationMs, stream }: StartSetting,
): Generator<number, undefined> {
  const { quietSessionsPerSecond, burstSessionsPerSecond, meanQuietMs, meanBurstMs } = executor
  // Streams of their own: when bursts are does not hang on how many starts are in them.
  const states = stream('bursts')
  const gaps = stream('arrivals')
  let bursting = states() * (meanQuietMs + meanBurstMs) < meanBurstMs
  let stateStartMs = 0
  while (stateStartMs < durationMs) {
    const stateEndMs = stateStartMs + exponential(states, bursting ? meanBurstMs : meanQuietMs)
    const perSecond = bursting ? burstSessionsPerSecond : quietSessionsPerSecond
    const endMs = Math.min(stateEndMs, durationMs)
    if (perSecond > 0) {
      // A gap that reaches over the end of the state is drawn anew in the next: exponential times have no memory.
      let startMs = stateStartMs + exponential(gaps, 1000 / perSecond)
      for (; startMs < endMs; startMs += exponential(gaps, 1000 / perSecond)) yield startMs
    }
    stateStartMs = stateEndMs
    bursting = !bursting
  }
}

function meanPerSecond(executor: BurstyArrivals): number {
  const { quietSessionsPerSecond, burstSessionsPerSecond, meanQuietMs, meanBurstMs } = executor
  return (
    (quietSessionsPerSecond * meanQuietMs + burstSessionsPerSecond * meanBurstMs) /
    (meanQuietMs + meanBurstMs)
  )
}

export const burstyArrivals: OpenKind<BurstyArrivals> = {
  name: 'bursty-arrivals',
  summary: 'starts sessions at random, in quiet times and bursts (two-state MMPP)',
  model: 'open',
  knownAs: 'not in k6; MMPP in the literature',
  get parameters() {
    return executorParameters('bursty-arrivals')
  },
  starts: burstyStarts,
  expectedStarts: (executor, durationMs) => (meanPerSecond(executor) * durationMs) / 1000,
  peakRate: ({ burstSessionsPerSecond }) => burstSessionsPerSecond,
  scaled: (executor, factor) => ({
    ...executor,
    quietSessionsPerSecond: executor.quietSessionsPerSecond * factor,
    burstSessionsPerSecond: executor.burstSessionsPerSecond * factor,
  }),
}
