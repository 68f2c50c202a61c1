import type { Process } from '../../core/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import type { Call } from './call.ts'

/** A process of a service: a handler of an endpoint, or something spawned by one. Sessions belong to their visitors. */
export interface Task {
  readonly process: Process<unknown>
  /** The call that it answers; undefined for spawned tasks. */
  readonly answers: Call | undefined
  /** Handed on to the calls that it makes. */
  readonly origin: TracedOrigin
  readonly key: number
  /** Calls made so far. */
  calls: number
}
