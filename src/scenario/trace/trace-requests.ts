/**
 * The requests of a trace that can be sent again. Logs hold no bodies and no tokens, so only what asks for nothing but
 * an answer is; a POST without its body would be another request, and a DELETE of yesterday hits what is there today.
 */
import { ConfigError } from '../../core/index.ts'
import { fullServiceName, SERVICE_KEYS } from '../fields.ts'
import { SERVICES } from '../scenario.ts'
import type { TraceRequest } from './trace.ts'
import type { TraceLine } from './trace-line.ts'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']
/** Some 200 MB of texts. */
const MOST_REQUESTS = 1_000_000
/** As in front of the services of our balancer. */
const PROXIED = /^\/proxy\/([^/?]+)(\/.*)$/

export class TraceRequests {
  readonly requests: TraceRequest[] = []
  /** Left out, by method. */
  readonly leftOut = new Map<string, number>()
  readonly #file: string
  readonly #places = new Map<string, number>()

  constructor(file: string) {
    this.#file = file
  }

  /** The place of the request of a line; undefined if it is none that can be sent again. */
  placeOf({ method, service, path }: TraceLine): number | undefined {
    const reached = method === '' ? undefined : pathOf(path)
    if (reached === undefined || !SAFE_METHODS.includes(method)) {
      const name = method === '' ? 'no request' : SAFE_METHODS.includes(method) ? 'no path' : method
      this.leftOut.set(name, (this.leftOut.get(name) ?? 0) + 1)
      return undefined
    }
    const told = `${method} ${service} ${reached}`
    const known = this.#places.get(told)
    if (known !== undefined) return known
    // Cut out of the text that is kept anyway: a part of the line would keep all of the line in memory.
    const request = requestOf(method, service, told.slice(told.length - reached.length))
    const place = this.#place(request)
    this.#places.set(told, place)
    return place
  }

  /** What is told in two ways, with the short and the full name of a service, is still one request. */
  #place(request: TraceRequest): number {
    const key = `${request.method} ${request.service} ${request.path}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    if (this.requests.length === MOST_REQUESTS) throw this.#tooMany()
    this.#places.set(key, this.requests.length)
    this.requests.push(request)
    return this.requests.length - 1
  }

  #tooMany(): ConfigError {
    return new ConfigError(
      `${this.#file}: more than ${MOST_REQUESTS.toLocaleString('en-US')} different requests: cut the trace in pieces, ` +
        'or name behaviors, whose sessions then start at its times',
    )
  }
}

/** A URL without its host and fragment; undefined for what is no path on a server, such as `*`. */
function pathOf(text: string): string | undefined {
  const path = text.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/, '')
  if (path.startsWith('/')) return path
  return path === '' || path.startsWith('?') ? `/${path}` : undefined
}

function requestOf(method: string, service: string, path: string): TraceRequest {
  if (service !== '') {
    return { method, service: SERVICE_KEYS.includes(service) ? fullServiceName(service) : service, path }
  }
  const [, proxied, rest] = PROXIED.exec(path) ?? []
  if (proxied === undefined || !SERVICES.some((name) => name === proxied)) return { method, service, path }
  return { method, service: proxied, path: rest! }
}
