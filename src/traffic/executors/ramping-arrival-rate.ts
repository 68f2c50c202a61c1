/**
 * A rate that goes in straight lines from stage to stage: start k comes when the area under it reaches k + 1/2
 * (`spaced-starts.ts`). After the last stage, its rate holds until the end of the phase.
 */
import { executorParameters, type RampingArrivalRate } from '../../scenario/index.ts'
import type { OpenKind } from './executor-kind.ts'
import { areaUnder, spacedStarts } from './spaced-starts.ts'

export const rampingArrivalRate: OpenKind<RampingArrivalRate> = {
  name: 'ramping-arrival-rate',
  summary: 'starts sessions at a rate that ramps from stage to stage, evenly spaced',
  model: 'open',
  knownAs: 'k6 ramping-arrival-rate; Artillery rampTo; Gatling rampUsersPerSec',
  get parameters() {
    return executorParameters('ramping-arrival-rate')
  },
  starts: ({ startSessionsPerSecond, stages }, { durationMs }) =>
    spacedStarts(startSessionsPerSecond, stages, durationMs),
  expectedStarts: ({ startSessionsPerSecond, stages }, durationMs) =>
    areaUnder(startSessionsPerSecond, stages, durationMs),
  peakRate: ({ startSessionsPerSecond, stages }) =>
    Math.max(startSessionsPerSecond, ...stages.map(({ sessionsPerSecond }) => sessionsPerSecond)),
  scaled: (executor, factor) => ({
    ...executor,
    startSessionsPerSecond: executor.startSessionsPerSecond * factor,
    stages: executor.stages.map((stage) => ({
      ...stage,
      sessionsPerSecond: stage.sessionsPerSecond * factor,
    })),
  }),
}
