/** Who caused a request, as the records want it; what clients of other makes do not tell is empty. */
import type { IncomingHttpHeaders } from 'node:http'
import type { CallOrigin } from '../../experience/index.ts'
import { isTraceId, newTraceId, readTraceContext } from '../live/trace-headers.ts'

export class OriginReader {
  readonly #phases: readonly string[]
  readonly #profiles: readonly string[]

  constructor(phases: readonly string[], profiles: readonly string[]) {
    this.#phases = phases
    this.#profiles = profiles
  }

  read(headers: IncomingHttpHeaders): CallOrigin {
    if (headers.baggage === undefined) {
      const given = headers['x-trace-id']
      const trace = isTraceId(given) ? given : newTraceId()
      return { trace, hop: 0, attempt: 0, phase: -1, profile: -1 }
    }
    const { trace, hop, attempt, phase, profile } = readTraceContext(headers)
    return {
      trace,
      hop,
      attempt,
      phase: this.#phases.indexOf(phase),
      profile: this.#profiles.indexOf(profile),
    }
  }
}
