/** Classes of requests as a balancer's file lists them: the first that fits counts, and the last class is for the rest. */
import type { RouteClassConfig, ServiceConfig } from '../../scenario/index.ts'
import { UNKNOWN_ROUTE } from '../../shop/index.ts'

/** More paths than this are not the same few: they are forgotten, and remembered anew. */
const MOST_SEEN = 4096

/** From method and path (behind the prefix, with its query) to the number of a route class. */
export type RouteClassifier = (method: string, path: string) => number

/** Names of all classes, `<service>.<class>`, and `unknown` behind them. */
export function routeClassNames(services: readonly ServiceConfig[]): string[] {
  const names = services.flatMap(({ name, routes }) => routes.map((route) => `${name}.${route.name}`))
  return [...names, UNKNOWN_ROUTE]
}

/** @param first number of the first class of the service; @param unknown number of the class for the rest */
export function routeClassifier(
  routes: readonly RouteClassConfig[],
  first: number,
  unknown: number,
): RouteClassifier {
  if (routes.length === 0) return () => unknown
  const patterns = routes.map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  const seen = new Map<string, number>()
  return (method, path) => {
    const queryAt = path.indexOf('?')
    const plain = queryAt === -1 ? path : path.slice(0, queryAt)
    const key = `${method} ${plain}`
    const known = seen.get(key)
    if (known !== undefined) return known
    const index = patterns.findIndex(
      (route) => (route.method === undefined || route.method === method) && route.pattern.test(plain),
    )
    const found = index === -1 ? unknown : first + index
    if (seen.size === MOST_SEEN) seen.clear()
    seen.set(key, found)
    return found
  }
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((segment, index, all) => {
    if (segment === '**' && index === all.length - 1) return '.*'
    if (segment === '*' || /^\{[^}]*\}$/.test(segment)) return '[^/]+'
    return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('/')}$`)
}
