/** From method and path to the endpoint. A route without a parameter wins over one with it. */
import type { Method } from '../core/index.ts'
import type { Endpoint } from './endpoint.ts'

export interface RouteMatch {
  readonly endpoint: Endpoint
  /** Place of the endpoint in the list of all: the route class as a number. */
  readonly route: number
  readonly parameter: string
}

interface PatternRoute {
  readonly endpoint: Endpoint
  readonly route: number
  readonly prefix: string
  readonly suffix: string
}

interface MethodRoutes {
  readonly exact: Map<string, RouteMatch>
  readonly patterns: PatternRoute[]
}

/** More paths than this are not the same few: they are forgotten, and remembered anew. */
const MOST_SEEN = 4096

/** Routes that no endpoint has share this route class. */
export const UNKNOWN_ROUTE = 'unknown'

export class RouteTable {
  /** Names of the route classes; the last one is `unknown`. */
  readonly names: readonly string[]
  readonly #services = new Map<string, Map<string, MethodRoutes>>()
  /** What has been matched before, by path: nearly all traffic asks for the same few. */
  readonly #seen = new Map<string, RouteMatch[]>()

  constructor(endpoints: readonly Endpoint[]) {
    this.names = [...endpoints.map((endpoint) => endpoint.name), UNKNOWN_ROUTE]
    for (const [route, endpoint] of endpoints.entries()) this.#add(endpoint, route)
  }

  /** The endpoint for a path behind `/proxy/<service>` (a query is ignored), or undefined. */
  match(service: string, method: Method, path: string): RouteMatch | undefined {
    const seen = this.#seen.get(path)
    if (seen !== undefined) {
      for (const known of seen) {
        const { endpoint } = known
        if (endpoint.method === method && endpoint.service === service) return known
      }
    }
    const found = this.#find(service, method, path)
    if (found === undefined) return undefined
    if (this.#seen.size === MOST_SEEN) this.#seen.clear()
    if (seen === undefined) this.#seen.set(path, [found])
    else seen.push(found)
    return found
  }

  #find(service: string, method: Method, path: string): RouteMatch | undefined {
    const routes = this.#services.get(service)?.get(method)
    if (routes === undefined) return undefined
    const queryAt = path.indexOf('?')
    const plain = queryAt === -1 ? path : path.slice(0, queryAt)
    const exact = routes.exact.get(plain)
    if (exact !== undefined) return exact
    for (const { endpoint, route, prefix, suffix } of routes.patterns) {
      if (!plain.startsWith(prefix) || !plain.endsWith(suffix)) continue
      const text = plain.slice(prefix.length, plain.length - suffix.length)
      if (text === '' || text.includes('/')) continue
      return { endpoint, route, parameter: decodePath(text) }
    }
    return undefined
  }

  #add(endpoint: Endpoint, route: number): void {
    const { exact, patterns } = this.#routesOf(endpoint)
    const [prefix, rest] = endpoint.path.split(':')
    if (rest === undefined) {
      exact.set(prefix!, { endpoint, route, parameter: '' })
      return
    }
    const slash = rest.indexOf('/')
    patterns.push({ endpoint, route, prefix: prefix!, suffix: slash === -1 ? '' : rest.slice(slash) })
  }

  #routesOf({ service, method }: Endpoint): MethodRoutes {
    const methods = this.#services.get(service) ?? new Map<string, MethodRoutes>()
    this.#services.set(service, methods)
    const routes = methods.get(method) ?? { exact: new Map(), patterns: [] }
    methods.set(method, routes)
    return routes
  }
}

/** Percent-decoding that leaves malformed text as it is: it will simply match nothing. */
export function decodePath(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
