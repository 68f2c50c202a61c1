/** The session of a request from a trace: it is sent, and its answer counted. */
import { type CallStep, callStep, type Method, type Process } from '../core/index.ts'
import { loadTrace, type TraceReference, type TraceReplay, type TraceRequest } from '../scenario/index.ts'
import { traceIndexOf } from './executors/trace-replay.ts'
import type { SessionResult } from './session.ts'

/** Reports have a line for each name: a trace with more kinds of paths than this gets one line for the rest. */
const MOST_NAMES = 100
const REST = 'other'
/** Parts of a path that name a thing and not a kind: numbers, UUIDs, long hexadecimal codes. */
const IDENTIFIER = /^(?:\d+|[\da-f]{8}-[\da-f-]{27}|[\da-f]{12,})$/i
const DONE: SessionResult = { signedIn: false, ordered: false, pages: 1 }

/** @param place of the session among the starts of its phase */
export function* replayedRequest(executor: TraceReplay, place: number): Process<SessionResult> {
  yield stepsOf(executor.trace).at(traceIndexOf(executor, place))
  return DONE
}

const steps = new WeakMap<readonly TraceRequest[], TraceSteps>()

function stepsOf(trace: TraceReference): TraceSteps {
  const { requests, request } = loadTrace(trace)
  let known = steps.get(requests)
  if (known === undefined) steps.set(requests, (known = new TraceSteps(requests, request)))
  return known
}

/** One object per request that differs, made when it first comes. */
class TraceSteps {
  readonly #requests: readonly TraceRequest[]
  readonly #places: Uint32Array
  readonly #steps: (CallStep | undefined)[] = []
  readonly #names = new Set<string>()

  constructor(requests: readonly TraceRequest[], places: Uint32Array) {
    this.#requests = requests
    this.#places = places
  }

  at(index: number): CallStep {
    const place = this.#places[index]!
    return (this.#steps[place] ??= this.#stepOf(this.#requests[place]!))
  }

  #stepOf({ method, service, path }: TraceRequest): CallStep {
    const request = { method: method as Method, service, path }
    return { ...callStep(this.#nameOf(method, path), request), reads: 'status' }
  }

  #nameOf(method: string, path: string): string {
    const name = requestName(method, path)
    if (this.#names.has(name)) return name
    if (this.#names.size === MOST_NAMES) return REST
    this.#names.add(name)
    return name
  }
}

/** `GET /api/cart/:id`: the kind of request, without query and without what names a single thing. */
export function requestName(method: string, path: string): string {
  const parts = path.replace(/\?.*$/, '').split('/')
  return `${method} ${parts.map((part) => (IDENTIFIER.test(part) ? ':id' : part)).join('/')}`
}
