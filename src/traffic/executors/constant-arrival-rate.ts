/** Evenly spaced starts: start k comes (k + 1/2) / rate after the start of the phase (`spaced-starts.ts` says why). */
import { type ConstantArrivalRate, executorParameters } from '../../scenario/index.ts'
import type { OpenKind } from './executor-kind.ts'
import { spacedStarts } from './spaced-starts.ts'

export const constantArrivalRate: OpenKind<ConstantArrivalRate> = {
  name: 'constant-arrival-rate',
  summary: 'starts sessions at a steady rate, evenly spaced',
  model: 'open',
  knownAs: 'k6 constant-arrival-rate; wrk2 -R; vegeta -rate',
  get parameters() {
    return executorParameters('constant-arrival-rate')
  },
  starts: ({ sessionsPerSecond }, { durationMs }) => spacedStarts(sessionsPerSecond, [], durationMs),
  expectedStarts: ({ sessionsPerSecond }, durationMs) => (sessionsPerSecond * durationMs) / 1000,
  peakRate: ({ sessionsPerSecond }) => sessionsPerSecond,
  scaled: (executor, factor) => ({ ...executor, sessionsPerSecond: executor.sessionsPerSecond * factor }),
}
