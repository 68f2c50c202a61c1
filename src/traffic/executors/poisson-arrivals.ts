/** Starts of independent users: a Poisson process whose rate ramps up linearly and then holds. */
import { executorParameters, type PoissonArrivals } from '../../scenario/index.ts'
import type { OpenKind } from './executor-kind.ts'
import { thinnedStarts } from './thinned-starts.ts'

export const poissonArrivals: OpenKind<PoissonArrivals> = {
  name: 'poisson-arrivals',
  summary: 'starts sessions at random, as many independent users do; short form: sessionsPerSecond',
  model: 'open',
  knownAs: 'not in k6; Gatling randomized; Artillery arrival phases in Poisson mode; Tsung',
  get parameters() {
    return executorParameters('poisson-arrivals')
  },
  starts: ({ sessionsPerSecond, rampUpMs }, { durationMs, stream }) =>
    thinnedStarts(stream('arrivals'), durationMs, sessionsPerSecond, (sinceStartMs) =>
      sinceStartMs < rampUpMs ? (sessionsPerSecond * sinceStartMs) / rampUpMs : sessionsPerSecond,
    ),
  expectedStarts: ({ sessionsPerSecond, rampUpMs }, durationMs) => {
    const rampedMs = Math.min(rampUpMs, durationMs)
    const ramp = rampUpMs === 0 ? 0 : rampedMs ** 2 / (2 * rampUpMs)
    return (sessionsPerSecond * (ramp + durationMs - rampedMs)) / 1000
  },
  peakRate: ({ sessionsPerSecond }) => sessionsPerSecond,
  scaled: (executor, factor) => ({ ...executor, sessionsPerSecond: executor.sessionsPerSecond * factor }),
}
