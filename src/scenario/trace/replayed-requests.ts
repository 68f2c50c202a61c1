/** Whose requests those of a trace are, in reports and records: a phase that replays them has no other behaviour. */
import type { FlowBehavior } from '../scenario.ts'

export const REPLAYED_REQUESTS = 'replayed-requests'

/** A session is one request, which the trace has, and this does not. */
export const REPLAYED_BEHAVIOR: FlowBehavior = {
  kind: 'flow',
  name: REPLAYED_REQUESTS,
  description: 'The requests of a trace, one by one',
  requests: [],
}
