/**
 * Which requests are taken at all. The parser of `node:http` has refused by then what breaks HTTP on the wire:
 * Content-Length beside Transfer-Encoding, two lengths, folded lines, bare CR or LF. Here stands what it lets pass but
 * servers understand in different ways, or what this balancer does not do.
 */
import type { IncomingMessage } from 'node:http'
import type { LimitConfig } from '../../scenario/index.ts'
import type { ClientRequest } from './client-exchange.ts'

const SLASH = 47

export interface Refusal {
  readonly status: number
  readonly error: string
}

/** Undefined if the request is good. */
export function refusalOf(request: IncomingMessage, limits: LimitConfig): Refusal | undefined {
  const { headers, httpVersionMajor, httpVersionMinor } = request
  if (httpVersionMajor !== 1) return { status: 505, error: 'HTTP/1.1 or HTTP/1.0 only' }
  if (headers.upgrade !== undefined && !isHttp2Offer(headers.upgrade)) {
    return { status: 501, error: `Upgrade to ${headers.upgrade} is not possible here: use plain requests` }
  }
  const coding = headers['transfer-encoding']
  if (coding !== undefined) {
    if (httpVersionMinor === 0) return { status: 400, error: 'HTTP/1.0 has no Transfer-Encoding' }
    if (coding.toLowerCase() !== 'chunked')
      return { status: 501, error: `Transfer-Encoding ${coding} is not possible here: use chunked` }
  }
  if (headers['content-length'] !== undefined && Number(headers['content-length']) > limits.bodyBytes) {
    return tooLong(limits)
  }
  if (hostCount(request.rawHeaders) > 1) return { status: 400, error: 'More than one Host' }
  return undefined
}

export function tooLong({ bodyBytes }: LimitConfig): Refusal {
  return { status: 413, error: `Body over ${bodyBytes} bytes` }
}

/** Clients that would like HTTP/2 make do with HTTP/1.1 (RFC 9113, section 3.1); Java's own offers it always. */
function isHttp2Offer(upgrade: string): boolean {
  return upgrade.toLowerCase() === 'h2c'
}

function hostCount(rawHeaders: readonly string[]): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count
}

/** What a request asks for: the path with its query, and the host and port that it names. */
export interface RequestTarget {
  readonly path: string
  /** Empty if there is none. */
  readonly authority: string
}

/** Undefined if it is neither a path nor an absolute URL, as `*` is. */
export function requestTarget(request: ClientRequest): RequestTarget | undefined {
  const url = request.url!
  if (url.charCodeAt(0) === SLASH) return { path: url, authority: request.headers.host ?? '' }
  const absolute = /^https?:\/\/([^/?#@]+)(.*)$/i.exec(url)
  if (absolute === null) return undefined
  const [, authority, rest] = absolute
  return { path: rest!.startsWith('/') ? rest! : `/${rest}`, authority: authority! }
}
