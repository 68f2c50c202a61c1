/** The shop's requests and replies written as HTTP calls and read back. */
import type { Json, Reply, Request } from '../../core/index.ts'
import type { HttpCall, HttpResult } from './http-client.ts'
import { type TraceContext, traceHeaders } from './trace-headers.ts'

/** @param prefix path in front of `/<service>`, e.g. `/proxy` */
export function toHttpCall(request: Request, context: TraceContext, prefix: string): HttpCall {
  const headers = traceHeaders(context)
  if (request.token !== undefined) headers.push('authorization', `Bearer ${request.token}`)
  const path = `${prefix}/${request.service}${request.path}`
  if (request.body === undefined) return { method: request.method, path, headers }
  headers.push('content-type', 'application/json')
  return { method: request.method, path, headers, body: JSON.stringify(request.body) }
}

/** A body that is not JSON is no body: whoever wanted something from it will notice. */
export function toReply({ status, body, failure }: HttpResult): Reply {
  if (failure !== null) return { status: 0, failure }
  if (body.length === 0) return { status }
  try {
    return { status, body: JSON.parse(body.toString('utf8')) as Json }
  } catch {
    return { status }
  }
}
