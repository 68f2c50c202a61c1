/** Whose request it is: by the host, if the service has one, and the longest prefix of the path in whole segments. */
import type { ServiceConfig } from '../../scenario/index.ts'

interface Rule {
  readonly service: number
  readonly host: string | null
  /** Without a slash at its end: the root is empty. */
  readonly prefix: string
}

export class ServiceMatcher {
  /** Those with a host before those without, longer prefixes before shorter ones: the first that fits counts. */
  readonly #rules: readonly Rule[]
  readonly #byHost: boolean

  constructor(services: readonly Pick<ServiceConfig, 'match'>[]) {
    this.#rules = services
      .map(({ match }, service) => ({
        service,
        host: match.host?.toLowerCase() ?? null,
        prefix: match.path.replace(/\/+$/, ''),
      }))
      .sort((a, b) => Number(b.host !== null) - Number(a.host !== null) || b.prefix.length - a.prefix.length)
    this.#byHost = this.#rules.some(({ host }) => host !== null)
  }

  /** Number of the service; -1 if it is nobody's. @param authority host and port as the client named them */
  find(authority: string, path: string): number {
    const host = this.#byHost ? hostName(authority) : ''
    for (const rule of this.#rules) {
      if (rule.host !== null && rule.host !== host) continue
      if (path.startsWith(rule.prefix) && endsSegment(path, rule.prefix.length)) return rule.service
    }
    return -1
  }
}

function endsSegment(path: string, at: number): boolean {
  return at === path.length || path[at] === '/' || path[at] === '?'
}

function hostName(authority: string): string {
  return authority.toLowerCase().replace(/:\d*$/, '')
}

/** The path behind the prefix of a service. */
export function behindPrefix(path: string, prefix: string): string {
  const rest = path.slice(prefix.replace(/\/+$/, '').length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
