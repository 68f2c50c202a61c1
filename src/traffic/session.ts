/** One session of one user, as a process: of a shopper, one pass through a flow, or a request of a trace. */
import type { Process, Random } from '../core/index.ts'
import type { Behavior, Phase, Scenario, ShopperBehavior } from '../scenario/index.ts'
import type { Account } from './accounts.ts'
import { flow } from './flow.ts'
import { replayedRequest } from './replayed-request.ts'
import { shopping } from './shopping.ts'

/** What the world hands to a session. */
export interface SessionContext {
  readonly scenario: Scenario
  readonly behavior: Behavior
  /** Place of the user in the plan of the run, from 0: the same in every process. */
  readonly number: number
  /** Place of the user among those of the phase, from 0: of its starts, its iterations, or the users that it held. */
  readonly place: number
  /** Sessions that the user has begun, with this one. */
  readonly visits: number
  readonly account: Account
  readonly random: Random
  /** Weights of the products, in their order. */
  readonly popularity: ArrayLike<number>
  /** The phase that the user belongs to now. */
  currentPhase(): Phase
  /** Milliseconds since the start of the run. */
  now(): number
  /** Reports a check of a reply. */
  check(name: string, passed: boolean): void
  /** Reports a value of a metric of the script's own; NaN where the reply had none. */
  measure(metric: string, value: number): void
}

/** The same for a shopper. */
export interface ShoppingContext extends SessionContext {
  readonly behavior: ShopperBehavior
}

export interface SessionResult {
  readonly signedIn: boolean
  readonly ordered: boolean
  readonly pages: number
}

export function session(context: SessionContext): Process<SessionResult> {
  const { behavior } = context
  const { executor } = context.currentPhase()
  if (executor.kind === 'trace-replay' && executor.trace.use === 'requests') {
    return replayedRequest(executor, context.place)
  }
  return behavior.kind === 'flow' ? flow(context, behavior) : shopping(context as ShoppingContext)
}
