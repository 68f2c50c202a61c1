/**
 * Requests and replies, free of any transport.
 *
 * The virtual world hands these objects over as they are; the live world writes them as HTTP/1.1 and reads them
 * back. Bodies are JSON values and must be treated as frozen: in the virtual world both sides see one object.
 */

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** One call to a service, by whoever makes it. `path` starts behind `/proxy/<service>`. */
export interface Request {
  readonly method: Method
  readonly service: string
  readonly path: string
  readonly body?: JsonObject
  /** Bearer token, without the word `Bearer`. */
  readonly token?: string
  /** Other headers that endpoints read, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Why there is no usable answer. `status` failures (a reply that says no) are not here: they have a status.
 * connect: no connection; reset: it broke; timeout: the client's patience ended; framing: not HTTP; aborted: we
 * stopped before the answer came.
 */
export type FailureKind = 'connect' | 'reset' | 'timeout' | 'framing' | 'aborted'

/** The answer, or what came instead: `status` is 0 exactly when `failure` is set. */
export interface Reply {
  readonly status: number
  readonly body?: Json
  readonly failure?: FailureKind
}

/** 5xx, 429 or no answer at all: the server's fault, as opposed to 4xx, the client's. */
export function isServerFailure(reply: Reply): boolean {
  return reply.status === 0 || reply.status >= 500 || reply.status === 429
}

/** Whether a reply is what the caller hoped for: 2xx for a normal call, 4xx for a mistake made on purpose. */
export function isAsExpected(reply: Reply, expects: 'success' | 'refusal'): boolean {
  if (expects === 'refusal') return reply.status >= 400 && reply.status < 500 && reply.status !== 429
  return reply.status >= 200 && reply.status < 300
}
