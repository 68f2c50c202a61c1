/**
 * Requests and replies, free of any transport.
 *
 * The virtual world hands these objects over as they are; the live world writes them as HTTP/1.1 and reads them
 * back. Bodies are JSON values and must be treated as frozen: in the virtual world both sides see one object.
 */

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** One call to a service, by whoever makes it. `path` starts behind `/proxy/<service>`. */
export interface Request {
  readonly method: Method
  /** Empty: the path is the target's own, behind no service. Only in the live world is there such a target. */
  readonly service: string
  readonly path: string
  readonly body?: JsonObject
  /** A body that is sent as it stands, in place of a JSON object; what it is, a header says. */
  readonly rawBody?: string
  /** Bearer token, without the word `Bearer`. */
  readonly token?: string
  /** Other headers that endpoints read, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Why there is no usable answer. `status` failures (a reply that says no) are not here: they have a status.
 * dns: no address for the name; connect: no connection; tls: no secure one; reset: it broke; timeout: the client's
 * patience ended; framing: not HTTP; too-large: more than the client takes; resources: the client itself ran out of
 * files or memory; aborted: we stopped before the answer came.
 */
export type FailureKind =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'reset'
  | 'timeout'
  | 'framing'
  | 'too-large'
  | 'resources'
  | 'aborted'

/** The answer, or what came instead: `status` is 0 exactly when `failure` is set. */
export interface Reply {
  readonly status: number
  /** The JSON value of the body; not there if it is none, or if nobody wanted it read. */
  readonly body?: Json | undefined
  readonly failure?: FailureKind
  /** The failure in the words of whoever met it: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly failureDetail?: string
  /** By their names in lower case. Live world only. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The body as text, where the step asked for it. Live world only. */
  readonly text?: string | undefined
  /** Length of the body. Live world only. */
  readonly bytes?: number
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
