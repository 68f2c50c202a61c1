/** The replica that an endpoint runs on, as the endpoint sees it. Each world makes one per replica. */
import type { Effect } from './fault-kind.ts'
import type { Replica } from './replica.ts'

/** Number of what a replica does to itself, at work beside the faults and the background load. */
export const SELF_INFLICTED = -2

export interface Host {
  readonly replica: Replica
  /**
   * From now on the replica does this to itself, or nothing any more. Never call it from a handler that has not
   * paused yet: the world is still about the job that the handler answers.
   */
  befall(effect: Effect | undefined): void
}
