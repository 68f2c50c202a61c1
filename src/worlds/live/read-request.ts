/** From an HTTP request to the shop's: what a replica reads of it. */
import type { IncomingMessage } from 'node:http'
import type { JsonObject, Method, Request } from '../../core/index.ts'
import type { ServiceName } from '../../scenario/index.ts'
import { headersRead } from '../../shop/index.ts'
import { routedMethod } from './http-server.ts'

export function toRequest(incoming: IncomingMessage, service: ServiceName): Request {
  const authorization = incoming.headers.authorization
  const token = authorization?.startsWith('Bearer ') ? { token: authorization.slice(7) } : {}
  const method = routedMethod(incoming.method as Method)
  return { method, service, path: incoming.url ?? '/', ...token, ...headersRead(incoming.headers) }
}

/** Undefined if there is a body that is not a JSON object. */
export function withBody(request: Request, body: Buffer): Request | undefined {
  if (body.length === 0) return request
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return undefined
    return { ...request, body: parsed as JsonObject }
  } catch {
    return undefined
  }
}
