/** How the users' HTTP client connects, what it sends, and how it deals with replies that do not come, or come late. */

/** The kinds of reply after which a client may try again. */
export const RETRY_CAUSES = [
  'dns',
  'connect',
  'tls',
  'reset',
  'timeout',
  'framing',
  'resources',
  '429',
  '500',
  '502',
  '503',
  '504',
] as const
export type RetryCause = (typeof RETRY_CAUSES)[number]

/** Codings of bodies that can be taken off. */
export const CONTENT_CODINGS = ['gzip', 'br', 'deflate'] as const
export type ContentCoding = (typeof CONTENT_CODINGS)[number]

/** How one says that the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide, and that nothing does. */
export const PROXY_WORDS = ['environment', 'none'] as const

/**
 * How the live world waits for what is due next. `thread`: a helper thread that sleeps to a fraction of a millisecond;
 * `timer`: 1 ms coarse, and all that is due at once; `precise`: the event loop turns without pause, which takes a whole
 * core; `auto`: the thread, and the timer from 1,500 starts a second on.
 */
export const SCHEDULERS = ['auto', 'thread', 'timer', 'precise'] as const
export type SchedulerKind = (typeof SCHEDULERS)[number]

/** Of the live world; in the virtual one there is nothing to connect to. */
export interface ConnectionSettings {
  readonly connections: {
    /** pool: all users share them. user: each has its own, as a browser does. */
    readonly per: 'pool' | 'user'
    /** To one origin at once; whoever finds none free waits, and its intended start stays what it was. */
    readonly most: number
  }
  /** Requests under way on one connection at once: one behind the other in HTTP/1.1, streams in HTTP/2. */
  readonly pipelining: number
  /** A connection that has nothing to do is closed after so long; 0: after every answer. */
  readonly keepAliveMs: number
  /** A connection that does not come about is given up after so long. */
  readonly connectTimeoutMs: number
  /** A body, and what comes out of it, may be so long; more is cut off. */
  readonly maxBodyBytes: number
  /** Offers HTTP/2 where there is TLS. */
  readonly http2: boolean
  readonly tls: TlsSettings
  /** `environment`, `none`, or the URL of a proxy. */
  readonly proxy: string
  /** Redirects of one request that are followed, one after the other. */
  readonly redirects: number
  /** Whether users keep cookies, for as long as their session lasts. */
  readonly cookies: boolean
  /** What `Accept-Encoding` says; empty: it is not sent. */
  readonly acceptEncoding: readonly ContentCoding[]
  /** Added to all requests that do not have them themselves. */
  readonly headers: Readonly<Record<string, string>>
}

/** Files are PEM, with absolute paths. */
export interface TlsSettings {
  /** Whether a certificate that is not trusted is refused. */
  readonly verify: boolean
  /** Certificates that are trusted, in place of the system's. */
  readonly caFile: string | null
  /** What the client shows. */
  readonly certFile: string | null
  readonly keyFile: string | null
  /** The name that is asked for, and looked for in the certificate; null: the host's. */
  readonly serverName: string | null
}

export interface ClientSettings extends ConnectionSettings {
  /** An attempt is given up after so long. */
  readonly timeoutMs: number
  readonly retries: {
    /** Attempts after the first; 0 is no retries at all. */
    readonly most: number
    /** The n-th retry comes after backoffMs x 2^(n-1), but no later than maxBackoffMs. */
    readonly backoffMs: number
    readonly maxBackoffMs: number
    /** full: uniform between 0 and that (Brooker 2015); none: just that. */
    readonly jitter: 'full' | 'none'
    /** Retries may be at most this share of the requests of the last 10 s, and a few per second; null: no budget. */
    readonly budget: number | null
    /** Also POST, which may then happen twice. */
    readonly unsafe: boolean
    readonly on: readonly RetryCause[]
  }
  /** A GET without an answer after so long is sent once more, and the first answer counts; null: no hedging. */
  readonly hedgeAfterMs: number | null
  /** Whether requests say who caused them: `x-trace-id`, `traceparent` and `baggage`. */
  readonly traceHeaders: boolean
  readonly scheduler: SchedulerKind
}
