/** A process of a service, being carried out. */
import type { Process } from '../../core/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import type { Call } from './call.ts'

/** A handler of an endpoint, or something spawned by one. Sessions belong to their visitors. */
export interface Task {
  readonly process: Process<unknown>
  /** The call that it answers; undefined for spawned tasks. */
  readonly answers: Call | undefined
  /** Where it runs, and how often that instance had crashed when it began: a crash ends it. */
  readonly service: number
  readonly instance: number
  readonly crashes: number
  /** Handed on to the calls that it makes. */
  readonly origin: TracedOrigin
  readonly key: number
  /** Calls made so far. */
  calls: number
}
