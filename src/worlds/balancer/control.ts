/**
 * What an operator can see of a running balancer and do to it, whatever the protocol: the admin API speaks it, the
 * balancer implements it.
 */
import type { ServiceRouter } from '../../routing/index.ts'
import type { Recorder } from './recorder.ts'
import type { ServiceTraffic } from './traffic.ts'

export interface NewInstance {
  readonly url: string
  /** Made from the service's name and a number if nothing is said. */
  readonly id?: string
  readonly weight?: number
}

export interface ServiceControl {
  readonly name: string
  /** Policy, instances and their present state. */
  readonly router: ServiceRouter
  readonly traffic: ServiceTraffic
  /** Text of the policy as it was configured or switched to. */
  readonly policy: string
  /** By instance; undefined once it is gone. */
  url(index: number): string | undefined
  /** Where its health is asked, if it is. */
  healthUrl(index: number): string | undefined
  /**
   * Makes another policy, and returns what puts it to work, from the next request on: so several services can change
   * together or not at all. @throws LoadgenError if the text is no good, and the old one stays
   */
  preparePolicy(text: string): () => void
  /** Returns its index. @throws UsageError if the URL or the id is no good, or taken */
  addInstance(instance: NewInstance): number
  /** No new requests for it; when the last one is answered, it is gone. */
  drainInstance(index: number): void
}

/** What has been turned away before it was a request to a service. */
export interface Refusals {
  /** Requests that were no HTTP, too long a head or too slow. */
  readonly malformed: number
  /** Connections beyond the limit. */
  readonly connections: number
  /** Requests that are not done here: upgrades, too long bodies, no service. */
  readonly unserved: number
}

export interface BalancerControl {
  readonly services: readonly ServiceControl[]
  /** Milliseconds since the start. */
  readonly now: () => number
  readonly startedAt: Date
  /** Reads all models again. @throws LearningError or DataError, and the old ones stay */
  reloadModels(): Promise<void>
  /** Undefined if nothing is recorded. */
  readonly recorder: Recorder | undefined
  /** It is about to end and takes no new requests. */
  readonly draining: boolean
  /** Undefined if it has no entrance of its own. */
  readonly refusals?: Refusals
}
