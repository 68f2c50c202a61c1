/** Who may use the admin API: whoever knows the token; without one, programs of this machine, but no web pages. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../../../core/index.ts'
import { Refusal } from './route.ts'

const BEARER = /^Bearer +(\S+) *$/i

export class BearerToken {
  readonly #digest: Buffer

  constructor(token: string) {
    this.#digest = digestOf(token)
  }

  /** @throws Refusal if the request does not carry the token (RFC 6750, section 3) */
  require({ headers }: IncomingMessage): void {
    const given = BEARER.exec(headers.authorization ?? '')?.[1]
    if (given === undefined) {
      throw new Refusal(401, 'a token is required: send "Authorization: Bearer <token>"', {
        'www-authenticate': 'Bearer realm="loadgen"',
      })
    }
    // Digests have one length, so the comparison tells nothing, not even that of the token.
    if (timingSafeEqual(digestOf(given), this.#digest)) return
    throw new Refusal(401, 'this is not the token: it is the one of the configuration, admin.token', {
      'www-authenticate': 'Bearer realm="loadgen", error="invalid_token"',
    })
  }
}

/**
 * A name that was made to point to this machine would let a web page in as its own server (DNS rebinding).
 *
 * @throws Refusal if the request was meant for another host than this machine
 */
export function requireLoopbackHost({ headers }: IncomingMessage): void {
  const host = (headers.host ?? '').replace(/:\d*$/, '')
  if (isLoopback(host)) return
  throw new Refusal(403, `host "${host}": without a token, ask for 127.0.0.1 or localhost`)
}

/**
 * Browsers let any page send a POST to this machine, and say so by `Origin`; programs have no origin.
 *
 * @throws Refusal if a web page of somewhere else wants to change something
 */
export function refuseForeignPages({ headers, method }: IncomingMessage): void {
  if (method === 'GET' || method === 'HEAD' || headers.origin === undefined) return
  if (headers.origin === `http://${headers.host}`) return
  throw new Refusal(403, `a page of ${headers.origin} may not change anything here`)
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
