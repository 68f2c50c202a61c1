/**
 * So many users, who all come within the ramp-up time. A phase whose users go on with the next one ramps from those
 * that it takes over.
 */
import { type ConstantUsers, executorParameters } from '../../scenario/index.ts'
import type { Level, LevelKind } from './executor-kind.ts'
import { rampedLevels } from './ramped-levels.ts'
import { scaledCount } from './scaled-count.ts'

function* levels(
  { users, rampUpMs }: ConstantUsers,
  durationMs: number,
  takenOver: number,
): Generator<Level> {
  if (takenOver > 0) yield { sinceStartMs: 0, users: takenOver }
  yield* rampedLevels(0, Math.min(rampUpMs, durationMs), takenOver, users)
}

export const constantUsers: LevelKind<ConstantUsers> = {
  name: 'constant-users',
  summary: 'holds a number of users; short form: users',
  model: 'closed',
  knownAs: 'k6 constant-vus',
  get parameters() {
    return executorParameters('constant-users')
  },
  levels,
  scaled: (executor, factor) => ({ ...executor, users: scaledCount(executor.users, factor) }),
}
