/** An observation in which nothing has been seen yet, for whoever fills it. */
import { CONTEXT_WIDTH, INSTANCE_WIDTH } from './features.ts'
import type { Observation } from './policy.ts'

/** All features are 0 and nobody is eligible. */
export function emptyObservation(service: string, count = 0): Observation {
  return {
    service,
    nowMs: 0,
    count,
    context: new Float64Array(CONTEXT_WIDTH),
    instances: new Float64Array(count * INSTANCE_WIDTH),
    eligible: new Uint8Array(count),
    affinity: '',
    truth: undefined,
  }
}
