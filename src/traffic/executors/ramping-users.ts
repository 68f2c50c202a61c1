/**
 * Users whose number goes in straight lines from stage to stage; after the last one it holds until the end of the
 * phase. Who is not needed any more finishes the session within the graceful stop of the phase: k6 has a
 * gracefulRampDown of its own for that, with the same default.
 */
import { executorParameters, type RampingUsers } from '../../scenario/index.ts'
import type { Level, LevelKind } from './executor-kind.ts'
import { rampedLevels } from './ramped-levels.ts'
import { scaledCount } from './scaled-count.ts'

function* levels({ startUsers, stages }: RampingUsers, durationMs: number): Generator<Level> {
  yield { sinceStartMs: 0, users: startUsers }
  let stageStartMs = 0
  let from = startUsers
  for (const { durationMs: lengthMs, users } of stages) {
    for (const level of rampedLevels(stageStartMs, lengthMs, from, users)) {
      // A phase may be cut shorter than its stages are.
      if (level.sinceStartMs >= durationMs) return
      yield level
    }
    stageStartMs += lengthMs
    from = users
  }
}

export const rampingUsers: LevelKind<RampingUsers> = {
  name: 'ramping-users',
  summary: 'holds a number of users that ramps from stage to stage',
  model: 'closed',
  knownAs: 'k6 ramping-vus',
  get parameters() {
    return executorParameters('ramping-users')
  },
  levels,
  scaled: (executor, factor) => ({
    ...executor,
    startUsers: scaledCount(executor.startUsers, factor),
    stages: executor.stages.map((stage) => ({ ...stage, users: scaledCount(stage.users, factor) })),
  }),
}
