/**
 * So many sessions in all: each user takes the next as soon as one ends. The phase is done when they are, or at its
 * end. Which session is which hangs on its place among them, not on who takes it.
 */
import { executorParameters, type SharedIterations } from '../../scenario/index.ts'
import type { IterationKind } from './executor-kind.ts'
import { scaledCount } from './scaled-count.ts'

export const sharedIterations: IterationKind<SharedIterations> = {
  name: 'shared-iterations',
  summary: 'lets users share a number of sessions',
  model: 'closed',
  knownAs: 'k6 shared-iterations',
  get parameters() {
    return executorParameters('shared-iterations')
  },
  sessions: ({ iterations }) => iterations,
  scaled: (executor, factor) => {
    const users = scaledCount(executor.users, factor)
    return { ...executor, users, iterations: Math.max(users, scaledCount(executor.iterations, factor)) }
  },
}
