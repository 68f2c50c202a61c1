/**
 * The requests of users as HTTP. What is the same for all requests of a phase and profile is written once, and so is a
 * request that a script sends again and again: it is known by its identity.
 */
import type { CallStep, Request } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { bodyOf, pathOf, pushHeaders } from './json-http.ts'
import { baggageStart, traceOf, traceparentOf } from './trace-headers.ts'
import type { UserRequest } from './user-request.ts'

/** What does not change from one sending of a request to the next. */
export interface WrittenRequest {
  request: Request
  path: string
  /** Of the request itself, without the trace. */
  readonly headers: string[]
  body: string | Uint8Array | null
  /** It has been seen before: its body is worth keeping as bytes. */
  again: boolean
}

export class WrittenRequests {
  readonly #prefix: string
  readonly #traced: boolean
  /** What comes before the number of the attempt: by phase and profile. */
  readonly #baggage: readonly (readonly string[])[]
  /** The last one of each step, by the name of the step. */
  readonly #last = new Map<string, WrittenRequest>()

  /** @param prefix path in front of `/<service>` */
  constructor({ client, phases, behaviors }: Scenario, prefix: string) {
    const profiles = Object.keys(behaviors)
    this.#prefix = prefix
    this.#traced = client.traceHeaders
    this.#baggage = phases.map(({ name }) => profiles.map((profile) => baggageStart(name, profile, 0)))
  }

  /** Good until the next one is written. */
  write({ name, request }: CallStep): WrittenRequest {
    let last = this.#last.get(name)
    if (last === undefined) {
      last = { request, path: '', headers: [], body: null, again: false }
      this.#last.set(name, last)
    } else if (last.request === request) {
      if (!last.again && typeof last.body === 'string') last.body = Buffer.from(last.body)
      last.again = true
      return last
    }
    last.request = request
    last.path = pathOf(request, this.#prefix)
    last.headers.length = 0
    pushHeaders(last.headers, request)
    last.body = bodyOf(request) ?? null
    last.again = false
    return last
  }

  /** The headers of one attempt, names and values in turn: a list of its own. @param key of the attempt */
  headers({ headers }: WrittenRequest, request: UserRequest, attempt: number, key: number): string[] {
    if (!this.#traced) return headers.slice()
    const traceparent = traceparentOf(request.traceKey, key)
    const baggage = this.#baggage[request.phase]![request.profile]! + attempt
    const all = ['x-trace-id', traceOf(traceparent), 'traceparent', traceparent, 'baggage', baggage]
    for (let i = 0; i < headers.length; i++) all.push(headers[i]!)
    return all
  }
}
