/** The shop's requests and replies written as HTTP calls and read back. */
import type { Reply, Request } from '../../core/index.ts'
import type { HttpCall, HttpResult } from './engine/http-client.ts'
import { failedReply, parsed } from './engine/live-reply.ts'
import { type TraceContext, traceHeaders } from './trace-headers.ts'

/** @param prefix path in front of `/<service>`, e.g. `/proxy` */
export function toHttpCall(request: Request, context: TraceContext, prefix: string): HttpCall {
  const headers = traceHeaders(context)
  pushHeaders(headers, request)
  const { method } = request
  const path = pathOf(request, prefix)
  const body = bodyOf(request)
  return body === undefined ? { method, path, headers } : { method, path, headers, body }
}

/** Where a request goes: to a service behind the prefix, or, where it names none, to a path of the target's own. */
export function pathOf({ service, path }: Request, prefix: string): string {
  return service === '' ? path : `${prefix}/${service}${path}`
}

/** Adds what the request itself says, names and values in turn. */
export function pushHeaders(to: string[], { token, headers, body }: Request): void {
  if (token !== undefined) to.push('authorization', `Bearer ${token}`)
  if (body !== undefined && headers?.['content-type'] === undefined)
    to.push('content-type', 'application/json')
  if (headers === undefined) return
  for (const name of Object.keys(headers)) to.push(name, headers[name]!)
}

export function bodyOf({ rawBody, body }: Request): string | undefined {
  return rawBody ?? (body === undefined ? undefined : JSON.stringify(body))
}

/** A body that is not JSON is no body: whoever wanted something from it will notice. */
export function toReply({ status, body, failure, failureDetail }: HttpResult): Reply {
  if (failure !== null) return failedReply(failure, failureDetail)
  const value = parsed(body)
  return value === undefined ? { status } : { status, body: value }
}
