/** What requests of one kind share, for policies that keep them together. */
import type { AffinityConfig } from '../../scenario/index.ts'
import type { ClientRequest } from './client-exchange.ts'

/** @param path with its query */
export function affinityOf(config: AffinityConfig, request: ClientRequest, path: string): string {
  switch (config.by) {
    case 'path':
      return path
    case 'client':
      return request.socket.remoteAddress ?? ''
    case 'header': {
      const value = request.headers[config.name]
      return value === undefined ? path : String(value)
    }
    case 'cookie':
      return cookie(request.headers.cookie, config.name) ?? path
  }
}

/** RFC 6265, section 4.2.1: `name=value` pairs between semicolons. */
function cookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
