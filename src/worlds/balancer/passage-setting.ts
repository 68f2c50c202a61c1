/** What a passage is given: what all of a balancer share, and what is one's own. */
import type { CallOrigin, DecisionLog } from '../../experience/index.ts'
import type { HeaderConfig, LimitConfig, TimeoutConfig } from '../../scenario/index.ts'
import type { DecisionObserver } from '../run-observer.ts'
import type { RequestTarget } from './admission.ts'
import type { ClientRequest, ClientResponse } from './client-exchange.ts'
import type { Entrance } from './front-server.ts'
import type { Patience } from './patience.ts'
import type { RetryRule } from './retries.ts'

/** What all passages of a balancer have in common. */
export interface PassageSetting {
  readonly limits: LimitConfig
  readonly timeouts: TimeoutConfig
  readonly patience: Patience
  readonly headers: HeaderConfig
  readonly retries: RetryRule
  readonly compat: boolean
  readonly log: DecisionLog | undefined
  readonly observer: DecisionObserver | undefined
  readonly now: () => number
  /** The balancer is about to end: connections are not kept. */
  draining: boolean
}

/** A request that has been let in. */
export interface Arrival {
  readonly request: ClientRequest
  readonly response: ClientResponse
  readonly target: RequestTarget
  readonly origin: CallOrigin
  readonly entrance: Entrance
}
