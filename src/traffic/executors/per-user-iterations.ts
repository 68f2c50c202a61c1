/** So many sessions for each user, all of whom come at the start. The phase is done when they are, or at its end. */
import { executorParameters, type PerUserIterations } from '../../scenario/index.ts'
import type { IterationKind } from './executor-kind.ts'
import { scaledCount } from './scaled-count.ts'

export const perUserIterations: IterationKind<PerUserIterations> = {
  name: 'per-user-iterations',
  summary: 'lets every user have a number of sessions',
  model: 'closed',
  knownAs: 'k6 per-vu-iterations',
  get parameters() {
    return executorParameters('per-user-iterations')
  },
  sessions: ({ users, iterations }) => users * iterations,
  scaled: (executor, factor) => ({ ...executor, users: scaledCount(executor.users, factor) }),
}
