/** Replies of the balancer itself, as JSON with an `error`. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { noInstance, upstreamFailed } from '../../shop/index.ts'
import type { ClientRequest, ClientResponse } from './client-exchange.ts'
import type { CallFailure } from './connection-pool.ts'

/** A client that is told no in the middle of its body may go on sending for so long, so that it hears it. */
const LINGER_MS = 1_000

/**
 * @param headers names and values in turn
 * @param close the connection is not kept; one with half a body in it never is
 */
export function reply(
  response: ClientResponse,
  status: number,
  body: object,
  headers: readonly string[] = [],
  close = false,
): void {
  const bytes = Buffer.from(JSON.stringify(body))
  const own = ['content-type', 'application/json', 'content-length', String(bytes.length), ...headers]
  const whole = response.req.complete || hasNoBody(response.req)
  if (close || !whole) own.push('connection', 'close')
  response.writeHead(status, own)
  if (whole) {
    response.end(bytes)
    return
  }
  response.write(bytes)
  linger(response)
}

export function hasNoBody(request: ClientRequest): boolean {
  const { headers } = request
  const length = headers['content-length']
  return headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0)
}

/** Closing on a client that still sends would reset the connection, and what it was told with it (RFC 9112, 9.6). */
export function linger(response: ClientResponse): void {
  const request = response.req as IncomingMessage
  const end = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  request.once('end', end)
  request.once('close', end)
  request.resume()
}

export interface OwnReply {
  readonly status: number
  readonly body: object
  /** Names and values in turn. */
  readonly headers?: readonly string[]
}

const LATER = ['retry-after', '1']

/** No instance is eligible, or the policy wants nobody to have it. */
export function noInstanceReply(service: string): OwnReply {
  const { status, body } = noInstance(service)
  return { status, body: body as object, headers: LATER }
}

/** No attempt came to an answer; the last one ended like this. */
export function failureReply(failure: CallFailure, service: string): OwnReply {
  if (failure === 'unsent')
    return { status: 400, body: { error: 'The request cannot be sent on: it breaks HTTP' } }
  if (failure === 'crowded') {
    const error = `Too many requests wait for an instance of ${service}`
    return { status: 503, body: { error }, headers: LATER }
  }
  const { status, body } = upstreamFailed(failure)
  return { status, body: body as object }
}

/** What the predecessor made of every answer that was not 2xx (shop-api.md, section 2.3). */
export function predecessorReply(status: number): OwnReply {
  const error = `Failed to forward request: ${status} ${STATUS_CODES[status] ?? ''}`.trim()
  return { status: 502, body: { error } }
}
